import type { Verdict } from './types.ts';

/** A case that is not found as it should be, and why that is so. Every entry is a debt. */
export interface Known {
  readonly verdict: Verdict;
  readonly why: string;
}

export const KNOWN: Readonly<Record<string, Known>> = {
  'crash-66-epipe-filter': {
    verdict: 'MISS',
    why: 'a race of Node: where it hears of the end of the filter before a write fails, it drops the rest in silence and ends with 0',
  },
  'bug-01-jest-worker-killed': {
    verdict: 'MISS',
    why: 'mostly found; but an interval of the parent arms a timer of 100 ms each second, and where its rest is told just then, that timer, which fires once, counts for what the parent waits for',
  },
};
