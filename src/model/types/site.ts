import type { Count } from './quantities.ts';

/** A place in a source file, in a function that was running there or had called on. */
export interface StackFrame {
  /** Path of the file, of the TypeScript where a source map is known; or a URL. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: Count;
  /** Column, from 1. */
  readonly column: Count;
  /** Name of the function, '' at top level. */
  readonly fn: string;
  /** The function stood in an `await` at this place. */
  readonly async: boolean;
  /** Name of the installed package whose code this is, '': the program's own. */
  readonly package: string;
}

/** Where the program called for something: a place in its own source, and the stack there. */
export interface CallSite {
  /** Path of the file, of the TypeScript where a source map is known; or a URL. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: Count;
  /** Column, from 1. */
  readonly column: Count;
  /** Name of the function, '' at top level. */
  readonly fn: string;
  /** Taken earlier in the same channel: the call was "last seen at" this place. */
  readonly sampled: boolean;
  /**
   * The stack, the nearest frame first, with the asynchronous functions that awaited the rest: up to 16 frames, without those of
   * Node, and one of each installed package that was passed. The place is one of them: the nearest of the program's own, or
   * among the places of a finding the nearest that tells it from others.
   */
  readonly frames: readonly StackFrame[];
}
