/** Seconds as the tutorials mean them; tests make them shorter through TUTORIAL_SECOND (milliseconds in a "second"). */
export const SECOND = Number(process.env.TUTORIAL_SECOND ?? 1000);

export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * SECOND));
}

/** A whole number in [from, to], as Python's `random.randint`. */
export function randomInt(from: number, to: number): number {
  return from + Math.floor(Math.random() * (to - from + 1));
}

/** A time-out of so many tutorial seconds, in seconds; a loaded test machine adds TUTORIAL_SLACK (seconds). */
export function budget(seconds: number): number {
  return (seconds * SECOND) / 1000 + Number(process.env.TUTORIAL_SLACK ?? 0);
}
