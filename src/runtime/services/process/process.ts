import { inspect } from 'node:util';
import { processState } from '../../../shm/liveness.ts';
import { atMost } from '../../core/arguments/internal.ts';
import { limitOf, optionsOf, type TimeLimit } from '../../core/arguments/options.ts';
import { noteCaller } from '../../core/diagnostics/publish.ts';
import {
  AssertionError,
  BootstrapError,
  SerializationError,
  TypeMismatch,
  ValueError,
} from '../../core/errors/errors.ts';
import { bootstrapMessage, isBootstrapping, refuseStart } from '../../core/functions/bootstrapping.ts';
import { lookupsEnded } from '../../core/functions/lookups.ts';
import { type Found, refer, type Target } from '../../core/functions/reference.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import type { AllButLast, AnyFunction } from '../../core/tasks/task.ts';
import { notePendingStart } from '../../core/waits/pending-starts.ts';
import { authKey, checkAuthKey, setAuthKey } from './authkey.ts';
import { addChild, awaitExit, dropChild, endUnwanted, joinChild, signalChild } from './children.ts';
import { launch } from './spawn.ts';
import { current, defaultName, newState, type State } from './state.ts';

interface CommonOptions<F extends AnyFunction> {
  /** An exported function, a `task`, or `[import.meta.url, 'name']`. */
  readonly target?: Target<F>;
  readonly name?: string;
  /** Ends with its parent (SIGTERM), and may not start processes. Default: the creator's. */
  readonly daemon?: boolean;
}
/** What `kwargs` must be; anything where the target's parameters aren't known. */
type Last<T extends readonly unknown[]> =
  Required<T> extends readonly [...unknown[], infer L] ? L : Readonly<Record<string, unknown>>;
/** Whether a last parameter is an object that `kwargs` can be. */
type IsKeyed<L> = [NonNullable<L>] extends [object]
  ? NonNullable<L> extends readonly unknown[] | AnyFunction
    ? false
    : true
  : false;
/** `args`, which may be left out only where the target needs none. */
type Args<P extends readonly unknown[]> = [] extends P
  ? { readonly args?: Readonly<P> }
  : { readonly args: Readonly<P> };
type Keyed<P extends readonly unknown[]> = Args<AllButLast<P>> & { readonly kwargs: Readonly<Last<P>> };

/** `kwargs` are given to the target as one last argument, after those of `args`. */
export type ProcessOptions<F extends AnyFunction = AnyFunction> = CommonOptions<F> &
  (
    | (Args<Parameters<F>> & { readonly kwargs?: undefined })
    | (IsKeyed<Last<Parameters<F>>> extends true ? Keyed<Parameters<F>> : never)
  );

const states = new WeakMap<Process, State>();

/** The state of a process. @throws ValueError when it is closed */
export function stateOf(process: Process): State {
  const state = states.get(process);
  if (state === undefined) throw new TypeError('Process: the constructor of the superclass was not called');
  if (state.phase === 'closed') throw new ValueError('process object is closed');
  return state;
}

/** Makes `object` stand for the process that it is in. */
export function standHere(object: Process, state: State): void {
  state.phase = 'here';
  state.pid = process.pid;
  states.set(object, state);
}

/**
 * A child process that runs a function, as Python's `multiprocessing.Process` under spawn: the child imports the main
 * module again and looks the function up there. Subclasses that override `run` must be exported; the child gets their
 * instance's own fields, and does not run the constructor.
 */
export class Process<F extends AnyFunction = AnyFunction> implements AsyncDisposable {
  /** @throws TypeMismatch for what is no options, and for a target, args or kwargs of a wrong type; AssertionError for a name that is no string */
  constructor(options?: ProcessOptions<F>);
  constructor(...given: [options?: ProcessOptions<F>]) {
    const [options = {}] = given as [options?: ProcessOptions<AnyFunction>];
    checkOptions(options);
    atMost(1, given, 'new Process({ target, args, kwargs, name, daemon })');
    const { target, args = [], kwargs, name, daemon = current.daemon } = options;
    states.set(
      this as Process,
      newState({ name: name ?? defaultName(), daemon, target: target as Target | undefined, args, kwargs }),
    );
  }

  get name(): string {
    return stateOf(this as Process).name;
  }
  set name(name: string) {
    if (typeof name !== 'string') throw new AssertionError('name must be a string');
    stateOf(this as Process).name = name;
  }

  get daemon(): boolean {
    return stateOf(this as Process).daemon;
  }
  set daemon(daemon: boolean) {
    const state = stateOf(this as Process);
    if (state.phase !== 'initial') throw new AssertionError('process has already started');
    state.daemon = Boolean(daemon);
  }

  /** The secret by which this process knows listeners and managers of its tree: inherited, and sent to nobody else. */
  get authkey(): Buffer {
    return stateOf(this as Process).authkey ?? authKey();
  }
  set authkey(bytes: Uint8Array) {
    const state = stateOf(this as Process);
    if (state.phase === 'here') setAuthKey(bytes);
    else state.authkey = checkAuthKey(bytes);
  }

  /** Null before the start. */
  get pid(): number | null {
    return stateOf(this as Process).pid;
  }

  /** Null while it runs, then its exit code, or minus the signal that ended it. */
  get exitCode(): number | null {
    return stateOf(this as Process).exitCode;
  }

  /**
   * Resolves to the exit code when the process has ended. Who reads it is taken to wait for it: this process stays until
   * then. @throws ValueError before the start
   */
  get exited(): Promise<number> {
    const state = stateOf(this as Process);
    if (state.phase === 'initial') throw new ValueError('process not started');
    return awaitExit(state);
  }
  /** Python's name for {@link exited}. */
  get sentinel(): Promise<number> {
    return this.exited;
  }

  /** What the child does. Override it, or give a target. Called directly, it runs here. */
  run(): unknown {
    const { target, args, kwargs } = stateOf(this as Process);
    if (target === undefined) return undefined;
    if (typeof target !== 'function') return callByName(target, args, kwargs);
    return kwargs === undefined ? target(...args) : target(...args, kwargs);
  }

  /**
   * Starts the process; resolves when the system has made it. Rejects, and leaves no child behind, when the target cannot
   * be found (TargetError), an argument cannot travel (SerializationError), or the main module lacks its guard
   * (BootstrapError).
   */
  start(): Promise<void> {
    const state = stateOf(this as Process);
    const problem = whyNotStart(state);
    if (problem !== undefined) return Promise.reject(problem);
    state.phase = 'starting';
    if (state.site === 0) state.site = noteCaller();
    state.starting = this.#start(state).catch((error: unknown) => {
      if (state.child === undefined) state.phase = 'initial';
      state.starting = undefined;
      throw error;
    });
    notePendingStart(state.starting);
    return state.starting;
  }

  async #start(state: State): Promise<void> {
    const target = state.target === undefined ? undefined : await refer(state.target, 'Process target');
    const subclass = await this.#subclass();
    await lookupsEnded();
    const fields = subclass === undefined ? {} : { ...this };
    const sure = (target?.sure ?? true) && (subclass?.sure ?? true);
    const what = { target: target?.reference, subclass: subclass?.reference, fields };
    const starting = launch(state, what, !sure, () => {
      state.phase = 'started';
      addChild(this as Process, state);
    });
    await starting;
  }

  async #subclass(): Promise<Found | undefined> {
    if (this.constructor === Process) return undefined;
    return await refer(this.constructor as unknown as AnyFunction, 'the Process subclass');
  }

  /** Waits until the process has ended, or `timeout` (seconds) has passed: look at `exitCode`. */
  async join(timeout?: TimeLimit): Promise<void> {
    const state = stateOf(this as Process);
    if (state.phase === 'here') throw new AssertionError('can only join a child process');
    if (state.phase === 'initial') throw new AssertionError('can only join a started process');
    const { ms, signal } = limitOf(timeout);
    await state.starting;
    await joinChild(state, ms, signal);
  }

  /** Asks the process to end (SIGTERM). Without a listener of its own for that it ends at once, with exit code -15. */
  terminate(): void {
    signalChild(stateOf(this as Process), 'SIGTERM');
  }

  /** Ends the process (SIGKILL). */
  kill(): void {
    signalChild(stateOf(this as Process), 'SIGKILL');
  }

  isAlive(): boolean {
    const state = stateOf(this as Process);
    if (state.phase === 'here') return true;
    if (state.phase !== 'started' || state.exitCode !== null || state.pid === null) return false;
    return processState(state.pid).alive;
  }

  /** Forgets the process, which must have ended. Afterwards everything but another `close` throws. */
  close(): void {
    const state = states.get(this as Process);
    if (state === undefined || state.phase === 'closed') return;
    if (state.phase === 'starting' || (state.phase === 'started' && this.isAlive())) {
      throw new ValueError(
        'cannot close a process while it is still running: terminate() or join() it first',
      );
    }
    dropChild(this as Process);
    state.phase = 'closed';
  }

  /** The end of an `await using` block: a process that still runs is asked to end, and its end awaited, as of a Pool. */
  async [Symbol.asyncDispose](): Promise<void> {
    const state = states.get(this as Process);
    if (state === undefined || state.phase === 'closed' || state.phase === 'here') return;
    await state.starting?.catch(() => {});
    if (state.phase !== 'started') return;
    if (state.exitCode === null) endUnwanted(state);
    await joinChild(state, Number.POSITIVE_INFINITY);
  }

  [inspect.custom](): string {
    const state = states.get(this as Process);
    // A bundler may rename the class itself.
    const name = this.constructor === Process ? 'Process' : this.constructor.name;
    if (state === undefined || state.phase === 'closed') return `<${name} closed>`;
    const parts = [`${name} name='${state.name}'`, ...(state.pid === null ? [] : [`pid=${state.pid}`])];
    if (state.exitCode !== null) parts.push(`stopped exitCode=${state.exitCode}`);
    else parts.push(state.phase === 'here' || state.phase === 'started' ? 'started' : 'initial');
    if (state.daemon) parts.push('daemon');
    return `<${parts.join(' ')}>`;
  }
}

function checkOptions(options: ProcessOptions<AnyFunction>): void {
  if (typeof options === 'function')
    throw new TypeMismatch('options are an object: new Process({ target: fn }), not new Process(fn)');
  const { target, args, kwargs, name } = optionsOf(options);
  if (name !== undefined && typeof name !== 'string') throw new AssertionError('name must be a string');
  if (args !== undefined && !Array.isArray(args))
    throw new TypeMismatch('args is an array: args: [x], not args: x');
  if (kwargs !== undefined && (typeof kwargs !== 'object' || kwargs === null || Array.isArray(kwargs)))
    throw new TypeMismatch('kwargs is an object: kwargs: { name: value }');
  if (target !== undefined && typeof target !== 'function' && !Array.isArray(target)) {
    throw new TypeMismatch(`target is a function or [import.meta.url, 'name'], not ${typeof target}`);
  }
}

function whyNotStart(state: State): Error | undefined {
  if (state.phase === 'here') return new AssertionError('cannot start the process that this is');
  if (state.phase !== 'initial') return new AssertionError('cannot start a process twice');
  return whyNoChildren();
}

/** Why nothing may be started from here now. The missing guard comes first: a pool's workers are daemons besides. */
export function whyNoChildren(): Error | undefined {
  if (isBootstrapping()) return refuseStart(new BootstrapError(bootstrapMessage()));
  if (current.daemon) return new AssertionError('daemonic processes are not allowed to have children');
  return undefined;
}

async function callByName(
  target: readonly [string | URL, string],
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>> | undefined,
): Promise<unknown> {
  const namespace = (await import(String(target[0]))) as Record<string, AnyFunction | undefined>;
  const fn = namespace[target[1]];
  if (fn === undefined) throw new SerializationError(`${String(target[0])} has no export "${target[1]}"`);
  return kwargs === undefined ? fn(...args) : fn(...args, kwargs);
}

refuseTransfer(Process.prototype, 'Process', 'it belongs to who started it; send its pid or its name');
