import type { ChannelView, ResourceView } from './resource.ts';

/** A lock, a channel or another thing at a line where it was made or used. */
export interface ThingAtLine {
  /** It was made there; false: it was used there. */
  readonly made: boolean;
  /** What it is, one of the two. */
  readonly resource: ResourceView | null;
  readonly channel: ChannelView | null;
  /** ns of the longest wait for it, one that lasts so far; 0: nobody has waited. */
  readonly longestWaitNs: number;
}

/** What is known of one line of a file. */
export interface LineView {
  /** From 1. */
  readonly line: number;
  /** Those on which most time was waited first, then the busiest: up to {@link MOST_THINGS}. */
  readonly things: readonly ThingAtLine[];
  /** Things of the line that are not among them. */
  readonly more: number;
}

/** What a trace knows of a file. */
export interface FileView {
  /** Every line at which something happened, also where that is about no thing, in order. */
  readonly lines: readonly number[];
  /** Lines at which things were made or used, in order. */
  readonly places: readonly LineView[];
}

/** When something happened at a line. */
export interface EventView {
  /** Id of the thread. */
  readonly thread: string;
  readonly time: number;
}

/** Things of one line that are told one by one. */
export const MOST_THINGS = 5;
