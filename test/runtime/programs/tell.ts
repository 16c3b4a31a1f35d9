// What test programs share: they print facts as JSON, one object a line, and the tests compare them.

/** Prints facts under their names. */
export function tell(facts: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(facts));
}

/** What a call returned, or the name of what it threw. */
export function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return (error as Error).name;
  }
}

/** The same for a promise. */
export async function settled(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return (error as Error).name;
  }
}

/** Waits until `condition` holds; for what has no event. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
