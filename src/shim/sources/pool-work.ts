import type { Source } from '../../trace/format/definitions.ts';
import type { SourceList } from './list.ts';

/** Sources that somebody who is traced may be at the other end of. All others fire by themselves, or from outside. */
const FED: ReadonlySet<Source['kind']> = new Set([
  'child',
  'worker',
  'parent',
  'ipc',
  'port',
  'broadcast',
  'stdio',
  'pipe',
  'socket',
]);
/** Modules of Node's whose work goes on in other threads, without a handle or a request that Node would list. */
const POOLED = /^NativeModule (?:internal\/crypto\/|zlib$|sqlite$)/;

interface ProcessInternals {
  readonly moduleLoadList?: Iterable<string>;
}

/**
 * Work for this thread that Node does not list: hashes and keys, compression, WebAssembly that is compiled. It is done on
 * other threads of the process, and its end wakes this one.
 */
export class PoolWork {
  readonly #othersWork: () => boolean | undefined;
  /** At the last look nobody was at work. */
  #idle = false;

  /** `othersWork`: whether a thread of the process is at work that runs no code of the program; `undefined`: not known. */
  constructor(othersWork: () => boolean | undefined) {
    this.#othersWork = othersWork;
  }

  /**
   * Adds what is at work. True: there is nothing else. That takes two looks, since what has just been done is handed over
   * by the loop's next turn. `ran`: the thread has run since the last look.
   */
  addTo(list: SourceList, ran: boolean): boolean {
    const was = this.#idle && !ran;
    this.#idle = false;
    // Nothing is ever concluded from such a list.
    if (list.entries.some(({ kind }) => !FED.has(kind))) return true;
    const work = this.#othersWork();
    if (work === undefined) return !mayHaveWork();
    this.#idle = !work;
    if (work) list.add({ kind: 'request', ref: true, detail: 'work in other threads' });
    return was && !work;
  }
}

/** Where the system does not tell: has the program loaded what would give such work? */
function mayHaveWork(): boolean {
  const { moduleLoadList } = process as ProcessInternals;
  return moduleLoadList === undefined || [...moduleLoadList].some((name) => POOLED.test(name));
}
