const MOST = 1000;

/** Name and message of what was thrown, which may be anything. */
export function textOf(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
  } catch {
    // The program threw an object that refuses to become text.
    return typeof error;
  }
}

/** The text of the error's stack; '' where it has none. */
export function stackOf(error: unknown): string {
  const stack: unknown = error instanceof Error ? error.stack : undefined;
  return typeof stack === 'string' ? stack : '';
}
