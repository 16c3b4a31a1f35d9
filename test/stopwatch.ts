/**
 * Milliseconds since it was started, or of processor time where that is less: on a busy machine the clock runs on while this
 * process waits for its turn.
 */
export function stopwatch(): () => number {
  const clock = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return Math.min(performance.now() - clock, (user + system) / 1000);
  };
}
