import { AssertionError, SerializationError } from '../../core/errors/errors.ts';
import type { Reference } from '../../core/functions/function-reference.ts';
import { load } from '../../core/functions/load.ts';
import { trackLookup } from '../../core/functions/lookups.ts';
import { knownReference, refer, type Target } from '../../core/functions/reference.ts';
import { resolveReference } from '../../core/functions/resolve.ts';

type Run = () => void | Promise<void>;
const WHAT = 'Barrier action';

/**
 * A barrier's action. It travels with the barrier by reference, as a process's target does, since the last to arrive runs
 * it, wherever that is.
 */
export class Action {
  #fn: Run | undefined;
  #reference: Reference | undefined;
  /** Settles when the function is found, or its reference; rejects with TargetError. */
  readonly #search: Promise<void>;
  #searching = true;

  private constructor(fn: Run | undefined, reference: Reference | undefined) {
    this.#fn = fn;
    this.#reference = reference;
    this.#search = this.#find();
    const over = (): void => {
      this.#searching = false;
    };
    this.#search.then(over, over);
    trackLookup(this.#search);
  }

  static of(fn: Run | undefined): Action | undefined {
    return fn === undefined ? undefined : new Action(fn, undefined);
  }

  static fromWire(reference: unknown): Action | undefined {
    return reference === undefined ? undefined : new Action(undefined, reference as Reference);
  }

  async #find(): Promise<void> {
    if (this.#fn !== undefined) this.#reference = (await refer(this.#fn as Target, WHAT)).reference;
    else if (this.#reference !== undefined)
      this.#fn = (await resolveReference(this.#reference, WHAT, load)) as Run;
  }

  async run(): Promise<void> {
    if (this.#fn === undefined) await this.#search;
    await this.#fn?.();
  }

  /** @throws AssertionError when the barrier arrived so recently that its action is not loaded */
  runSync(): void {
    if (this.#fn === undefined) {
      throw new AssertionError("the barrier's action is still being loaded: use wait(), or come later");
    }
    this.#fn();
  }

  /** @throws SerializationError when other processes cannot find it, or the search for it has not ended */
  toWire(): Reference {
    const reference = this.#reference ?? (this.#fn && knownReference(this.#fn));
    if (reference !== undefined) return reference;
    if (this.#searching)
      throw new SerializationError(
        "the barrier's action is still being looked for: make the barrier before you start processes (start() waits for " +
          'the search), or register the action with task(import.meta, …)',
      );
    throw new SerializationError(
      "the barrier's action cannot be found by other processes: export it from its module, or register it with " +
        'task(import.meta, …)',
    );
  }
}
