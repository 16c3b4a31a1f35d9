import type { Verdict } from './types.ts';

/** A case that is not found as it should be, and why that is so. Every entry is a debt. */
export interface Known {
  readonly verdict: Verdict;
  readonly why: string;
}

export const KNOWN: Readonly<Record<string, Known>> = {
  'bug-07-node-test-bc': {
    verdict: 'MISS',
    why: 'on Node 24 its test runner listens for SIGUSR2, which anybody may send: no proof, and no suspicion without one',
  },
  'crash-66-epipe-filter': {
    verdict: 'MISS',
    why: 'a race of Node: where it hears of the end of the filter before a write fails, it drops the rest in silence and ends with 0',
  },
  'hang-43-sqlite-busy': {
    verdict: 'MISS',
    why: 'a thread that stands in a native call (here: SQLite waits for its file) is not told from one that computes',
  },
  'bug-01-jest-worker-killed': { verdict: 'MISS', why: 'an interval of the parent wakes it each second' },
};
