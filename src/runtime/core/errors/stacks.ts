/** Stacks of errors that come from another process, or from a wait that ended in the event loop: where is the user's code? */
import path from 'node:path';

const isBundle = !__filename.endsWith('stacks.ts');
/** The folder of the runtime's sources: where they run themselves, or by the bundle's source map (`--enable-source-maps`). */
const sources = path.resolve(path.dirname(__filename), isBundle ? '../src' : '../../..');
/** Frames of the runtime itself. */
const OWN = ['runtime', 'shm'].map((folder) => path.join(sources, folder) + path.sep);
if (isBundle) OWN.push(`${__filename}:`);
const FRAME = /^\s+at /;

function isOwn(frame: string): boolean {
  return /[ (]node:/.test(frame) || OWN.some((file) => frame.includes(file));
}

/** A stack without the runtime's frames; as it is where nothing else would be left. */
export function withoutRuntime(stack: string): string {
  const kept = stack.split('\n').filter((line) => !FRAME.test(line) || !isOwn(line));
  return kept.some((line) => FRAME.test(line)) ? kept.join('\n') : stack;
}

const told = new WeakSet<Error>();

/**
 * Adds to the stack of an error who awaits it. To be called by an async function, after the await that threw. What of the
 * error's own stack is the user's (the task's, in a worker) stays before that.
 */
export function withCaller<E>(error: E): E {
  if (!(error instanceof Error) || typeof error.stack !== 'string' || told.has(error)) return error;
  const callers = (new Error().stack ?? '').split('\n').filter((line) => FRAME.test(line) && !isOwn(line));
  if (callers.length === 0) return error;
  told.add(error);
  const lines = error.stack.split('\n');
  const frames = lines.filter((line) => FRAME.test(line) && !isOwn(line));
  const head = lines.slice(0, lines.findIndex((line) => FRAME.test(line)) >>> 0);
  const between = frames.length === 0 ? [] : ['  awaited:'];
  define(error, [...head, ...frames, ...between, ...callers].join('\n'));
  return error;
}

function define(error: Error, stack: string): void {
  try {
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
  } catch {
    // A frozen error keeps the stack that it has.
  }
}
