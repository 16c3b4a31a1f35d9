import type { Count } from './quantities.ts';

/** A place in the user's source. */
export interface CallSite {
  /** Path of the file, of the TypeScript where a source map is known; or a URL. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: Count;
  /** Column, from 1. */
  readonly column: Count;
  /** Name of the calling function, '' at top level. */
  readonly fn: string;
  /** Taken earlier in the same channel: the call was "last seen at" this place. */
  readonly sampled: boolean;
}
