/** The children of this process: their end, joining them, and what becomes of them at its own exit. */

import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { ChildInfo } from '../../../base/channels.ts';
import { OWN_HANDLE } from '../../../base/environment.ts';
import type { Ms } from '../../../base/quantities.ts';
import { processState } from '../../../shm/liveness.ts';
import { publish, publishWait, publishWaitEnd } from '../../core/diagnostics/publish.ts';
import { AssertionError } from '../../core/errors/errors.ts';
import { openedMemory } from '../../core/handles/instance.ts';
import { clampTimer, newWait } from '../../core/waits/blocking.ts';
import type { Process } from './process.ts';
import type { State } from './state.ts';
import { askToEnd, isUnheard } from './termination.ts';
import { CONTROL_FD } from './wire.ts';

const children = new Map<Process, State>();
let watching = false;

/** The children that run now. */
export function liveChildren(): Process[] {
  return [...children.keys()].filter((process) => process.isAlive());
}

/** Watches a child that has just been spawned. */
export function addChild(process: Process, state: State): void {
  const { child, info } = state;
  if (child === undefined || info === undefined) return;
  children.set(process, state);
  child.once('exit', (code, signal) => {
    children.delete(process);
    const exitCode = code ?? -(signal === null ? 0 : constants.signals[signal]);
    const control = child.stdio[CONTROL_FD];
    const end = (): void => ended(state, info, exitCode);
    // What it has said of itself may still be on its way.
    if (exitCode === 0 && !state.begun && control instanceof Socket && !control.closed)
      control.ref().once('close', end);
    else end();
  });
  watchOwnExit();
}

function ended(state: State, info: ChildInfo, code: number): void {
  const exitCode = code === 0 && !state.begun ? neverBegan(state) : code;
  state.exitCode = exitCode;
  publish('childExit', info, info.pid, exitCode);
  openedMemory()?.sweepProcess(info.pid);
  state.resolveExited(exitCode);
}

/** Success without having run would be believed: the runtime's own files were emptied, or a preload has ended the process. */
function neverBegan({ name }: State): number {
  tell(`forkscope: process ${name} ended before the runtime began in it: it has not run\n`);
  return 1;
}

export function dropChild(process: Process): void {
  children.delete(process);
}

/** Waits for a child's end for up to `timeout` milliseconds. */
export async function joinChild(state: State, timeout: Ms, signal?: AbortSignal): Promise<void> {
  const { child, info } = state;
  if (state.exitCode !== null || child === undefined || info === undefined || timeout <= 0) return;
  signal?.throwIfAborted();
  const wait = newWait(false);
  publishWait('waitJoin', info, timeout, wait, signal);
  if (state.joins++ === 0) child.ref();
  const limits = new Limits(timeout, signal);
  try {
    await Promise.race([state.exited, limits.reached]);
    publishWaitEnd(info, wait, state.exitCode === null ? 'timeout' : 'ok');
  } catch (error) {
    publishWaitEnd(info, wait, 'cancelled');
    throw error;
  } finally {
    limits.clear();
    if (--state.joins === 0) child.unref();
  }
}

/** The end of a child, for whoever awaits it without a join; it keeps this process alive as a join does. */
export async function awaitExit(state: State): Promise<number> {
  await state.starting;
  if (state.exitCode === null && state.joins++ === 0) state.child?.ref();
  return await state.exited;
}

/** A timer and an abort signal as one promise. */
class Limits {
  readonly reached: Promise<void>;
  clear: () => void = () => {};

  constructor(timeout: Ms, signal: AbortSignal | undefined) {
    this.reached = new Promise((resolve, reject) => {
      const timer =
        timeout === Number.POSITIVE_INFINITY ? undefined : setTimeout(resolve, clampTimer(timeout));
      const abort = (): void => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      this.clear = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
    });
  }
}

/** Sends a signal to a child that still runs. */
export function signalChild(state: State, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (state.phase === 'here') {
    process.kill(process.pid, signal);
    return;
  }
  if (state.phase === 'initial') throw new AssertionError('can only signal a started process');
  if (state.child === undefined) {
    // start() was not awaited: the signal follows it.
    state.starting?.then(
      () => signalChild(state, signal),
      () => {},
    );
    return;
  }
  if (state.exitCode !== null) return;
  if (signal === 'SIGTERM' && askToEnd(state)) return;
  state.child.kill(signal);
}

/** For how long a child that nobody waits for may stay where it hears of nothing. */
const DEAF_MS = 1000;

/** Ends a child whose work is wanted no longer: as SIGTERM does, and by force where it does not come to hear of that. */
export function endUnwanted(state: State): void {
  signalChild(state, 'SIGTERM');
  setTimeout(killUnheard, DEAF_MS, state).unref();
}

function killUnheard(state: State): void {
  if (state.exitCode === null && isUnheard(state)) state.child?.kill('SIGKILL');
}

/** At exit, let the children be. */
export function leaveChildren(): void {
  children.clear();
}

/** The error that ends this process. Node prints it only after the `exit` listeners, which may have to wait. */
let uncaught: { readonly error: unknown } | undefined;

/** As CPython at exit: daemonic children are terminated, the others joined. */
function watchOwnExit(): void {
  if (watching) return;
  watching = true;
  let announced = false;
  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = { error };
  });
  process.on('beforeExit', () => {
    terminateDaemons();
    const left = [...children.values()].filter((state) => state.exitCode === null);
    if (left.length === 0) return;
    if (!announced) publish('exiting', undefined);
    announced = true;
    for (const state of left) void joinChild(state, Number.POSITIVE_INFINITY);
  });
  // process.exit() and uncaught errors do not come by beforeExit, and then nothing asynchronous runs any more.
  process.on('exit', () => {
    terminateDaemons();
    const left = [...children.values()].filter((state) => state.exitCode === null);
    if (left.length > 0 && !announced) publish('exiting', undefined);
    for (const state of left) joinDying(state);
  });
}

function terminateDaemons(): void {
  for (const state of children.values()) {
    if (state.daemon && state.exitCode === null) endUnwanted(state);
  }
}

const sleeper = Object.assign(new Int32Array(new SharedArrayBuffer(4)), { [Symbol.for(OWN_HANDLE)]: true });
const POLL_MS = 10;

function joinDying(state: State): void {
  const { pid, info, daemon } = state;
  if (pid === null || info === undefined || !processState(pid).alive) return;
  const wait = newWait(true);
  publishWait('waitJoin', info, Number.POSITIVE_INFINITY, wait);
  for (let slept = 0; processState(pid).alive; slept += POLL_MS) {
    if (slept === DEAF_MS && daemon) killUnheard(state);
    if (slept === DEAF_MS && !daemon) tellUncaught(state);
    Atomics.wait(sleeper, 0, 0, POLL_MS);
  }
  publishWaitEnd(info, wait, 'ok');
}

/** Silence would look like a hang. */
function tellUncaught({ name }: State): void {
  if (uncaught === undefined) return;
  const { error } = uncaught;
  uncaught = undefined;
  tell(`forkscope: uncaught ${String(error)}: this process ends when its child process ${name} has ended\n`);
}

function tell(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody reads it.
  }
}
