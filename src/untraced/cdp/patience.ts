import type { ProgramSystem } from '../system/system.ts';

/** How often it is looked whether an answer may still come, ms. */
const LOOK_EVERY = 30;
/** All threads asleep in so many looks one after the other: nobody works on the answer. */
const ASLEEP_LOOKS = 8;
/** So much processor time without an answer: the thread does something else, ms. */
const WORKED = 300;
/** In the end, on whatever machine, ms. */
const LONGEST = 8000;

/** How long an answer of a process is waited for. */
export interface Patience {
  /** Resolves once it is over; `stop` ends it before. */
  start(): { readonly over: Promise<void>; stop(): void };
}

export function forMs(ms: number): Patience {
  return {
    start() {
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      return { over, stop: () => clearTimeout(timer) };
    },
  };
}

/**
 * As long as the process may be about to answer: on a busy machine that takes seconds, of which it has used none. Where the
 * system does not show its threads, `ms`.
 */
export function whileItMay(pid: number, system: ProgramSystem, ms: number): Patience {
  if (system.threads(pid).length === 0) return forMs(ms);
  return {
    start() {
      const used = (): number => system.threads(pid).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
      const begin = performance.now();
      const before = used();
      let asleep = 0;
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setInterval(() => {
          asleep = system.threads(pid).some(({ state }) => state === 'running') ? 0 : asleep + 1;
          if (asleep >= ASLEEP_LOOKS || used() - before >= WORKED || performance.now() - begin > LONGEST)
            resolve();
        }, LOOK_EVERY);
      });
      return { over, stop: () => clearInterval(timer) };
    },
  };
}
