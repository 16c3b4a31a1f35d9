import type { Program } from '../types.ts';
import { BUNDLERS } from './bundlers.ts';
import { MANAGERS } from './managers.ts';
import { POOLS } from './pools.ts';
import { REFERENCE } from './reference.ts';
import { RUNNERS } from './runners.ts';

/**
 * Programs that nobody here wrote. The counts of those beside the six reference ones were taken with
 * `main.ts --count --times 8` on Node 20.20 and 24.21, on 2 busy CPUs: messages, threads and waits by the independent
 * preload, processes by it and by `strace -ff -e trace=execve`. Where all 16 runs gave one number, that number is
 * expected; a range is what was seen, with the reason beside it. Sizes of pools are fixed, so that the number of CPUs
 * does not matter.
 */
export const PROGRAMS: readonly Program[] = [...REFERENCE, ...RUNNERS, ...BUNDLERS, ...MANAGERS, ...POOLS];
