/** Where in a value that cannot be sent the part is that cannot. */
import { inspect } from 'node:util';
import { SerializationError } from '../errors/errors.ts';

/** Steps that are told; of a deeper path the first and the last of them. */
const MOST_STEPS = 20;
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

interface Place {
  /** What the error says without its path. */
  readonly what: string;
  /** From the inside out. */
  readonly steps: string[];
}
const places = new WeakMap<SerializationError, Place>();

/** The error, which now says one step more of the path; to be thrown on. */
export function pathTo(error: unknown, step: string): unknown {
  if (!(error instanceof SerializationError)) return error;
  const place = places.get(error) ?? { what: error.message, steps: [] };
  places.set(error, place);
  place.steps.push(step);
  return error;
}

export const stepTo = {
  property: (key: string): string => (NAME.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`),
  item: (index: number): string => `[${index}]`,
  /** Of a Map. */
  entry: (key: unknown): string => `.get(${inspect(key, { depth: 0, customInspect: false })})`,
} as const;

/**
 * Completes the message. `root`: how the program calls the value, as `args`; by the first step where that says it. `skip`: so
 * many steps at the beginning are the runtime's own.
 */
export function tellPath(error: unknown, root: string | ((first: string) => string), skip = 0): void {
  const place = error instanceof SerializationError ? places.get(error) : undefined;
  if (place === undefined) return;
  const steps = place.steps.toReversed();
  const start = typeof root === 'string' ? root : root(steps[skip - 1] ?? '');
  const path = [start, ...short(steps.slice(skip))].join('').replace(/^\./, '');
  (error as SerializationError).message = path === '' ? place.what : `${path}: ${place.what}`;
}

function short(steps: readonly string[]): readonly string[] {
  if (steps.length <= MOST_STEPS) return steps;
  return [...steps.slice(0, MOST_STEPS / 2), ' … ', ...steps.slice(-MOST_STEPS / 2)];
}
