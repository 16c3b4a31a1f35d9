import type { Verdict } from './types.ts';

/** A case that is not found as it should be, and why that is so. Every entry is a debt. */
export interface Known {
  readonly verdict: Verdict;
  readonly why: string;
}

export const KNOWN: Readonly<Record<string, Known>> = {};
