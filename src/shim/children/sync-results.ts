import { patch } from '../core/patch.ts';

/** What Node knows of a synchronous child at its end. */
export interface SyncResult {
  readonly pid: number;
  /** By descriptor, undecoded. */
  readonly output: readonly unknown[];
}
interface Internals {
  binding?(name: 'spawn_sync'): object;
}

/**
 * `execSync` and `execFileSync` give a program nothing but the output. Who the child was is what Node's own binding says below
 * them, where that can be reached without a word from Node: not with `--permission`, nor where pending deprecations warn.
 */
export class SyncResults {
  #watching = false;
  #last: SyncResult | undefined;

  /** Before a child is started. */
  watch(): void {
    this.#last = undefined;
    if (this.#watching) return;
    this.#watching = true;
    if ('permission' in process || warnsOfPending()) return;
    const binding = quietly(() => (process as Internals).binding?.('spawn_sync'));
    if (binding === undefined) return;
    const keep = (result: unknown): void => this.#keep(Object(result));
    patch(
      binding,
      'spawn',
      (original) =>
        function spawn(this: unknown, ...args) {
          const result: unknown = Reflect.apply(original, this, args);
          keep(result);
          return result;
        },
    );
  }

  /** Of the child that has ended just now; `undefined`: not known. */
  take(): SyncResult | undefined {
    const last = this.#last;
    this.#last = undefined;
    return last;
  }

  #keep(result: object): void {
    const output: unknown = Reflect.get(result, 'output');
    this.#last = {
      pid: Number(Reflect.get(result, 'pid') ?? 0),
      output: Array.isArray(output) ? output : [],
    };
  }
}

/** Later versions of Node may warn of what is only discouraged so far. */
function quietly<T>(work: () => T): T {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return work();
  } finally {
    if (noDeprecation === undefined) delete process.noDeprecation;
    else process.noDeprecation = noDeprecation;
  }
}

function warnsOfPending(): boolean {
  const { NODE_OPTIONS = '', NODE_PENDING_DEPRECATION } = process.env;
  const flag = '--pending-deprecation';
  return NODE_PENDING_DEPRECATION === '1' || NODE_OPTIONS.includes(flag) || process.execArgv.includes(flag);
}
