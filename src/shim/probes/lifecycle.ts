import childProcess from 'node:child_process';
import { tellTitle } from '../children/description.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { builtin } from '../core/builtins.ts';
import { stackOf, textOf } from '../core/errors.ts';
import { guarded } from '../core/guard.ts';
import { observed } from '../core/observe.ts';
import { patch, surround } from '../core/patch.ts';

type Skip = (...args: unknown[]) => unknown;

/** Node's exit code after an uncaught exception. */
const FATAL_IN_HANDLER = 7;
/** And when it has nothing left to do in the middle of an `await` at the top level. */
const UNSETTLED = 13;
/** Name of the listener by which Node 20 sets that code. */
const SETS_UNSETTLED = 'handleProcessExit';

function signalNumber(name: string): number | undefined {
  const signals: Readonly<Record<string, number>> = builtin('node:os').constants.signals;
  return signals[name];
}

/** Exit code, uncaught exceptions, signals that the program handles or sends. The start is recorded by the shim itself. */
export const lifecycle: Probe = {
  name: 'lifecycle',
  install(shim) {
    watchEvents(shim);
    // `process.exit` calls it last, also from an exit listener; a process that ends by itself does not.
    patch(
      process,
      'reallyExit',
      (original) =>
        function reallyExit(this: unknown, ...args) {
          guarded(shim, 'lifecycle', () => end(shim, exitCode(args[0])));
          return Reflect.apply(original, this, args);
        },
    );
    patch(
      process,
      'abort',
      (original) =>
        function abort(this: unknown, ...args) {
          guarded(shim, 'lifecycle', () => {
            const site = shim.sites.here(abort);
            shim.recorder.incident({ what: 'abortCalled', message: '', ...(site === 0 ? {} : { site }) });
            shim.recorder.flush();
            shim.lanes.close();
          });
          return Reflect.apply(original, this, args);
        },
    );
    patch(
      process,
      'kill',
      (original) =>
        function kill(this: unknown, ...args) {
          guarded(shim, 'lifecycle', () => recordKill(shim, args[0], args[1], kill));
          return Reflect.apply(original, this, args);
        },
    );
    patch(
      childProcess.ChildProcess.prototype,
      'kill',
      (original) =>
        function kill(this: unknown, ...args) {
          guarded(shim, 'lifecycle', () => {
            const { exitCode, signalCode, pid } = this as childProcess.ChildProcess;
            // Of one that has ended its pid may be another's.
            if (exitCode === null && signalCode === null) recordKill(shim, pid, args[0], kill);
          });
          return Reflect.apply(original, this, args);
        },
    );
  },
};

/** Node itself listens to it for each stream that is a terminal: a resting thread rests on when a panel changes its size. */
const RESIZED = 'SIGWINCH';

/** Sees events when they are emitted: a listener would keep a signal from doing what it does by default. */
function watchEvents(shim: Shim): void {
  surround<true>(
    process,
    'emit',
    { recorder: shim.recorder, probe: 'lifecycle' },
    {
      begin: (_, args) =>
        typeof args[0] === 'string' ? emitted(shim, args[0], args[1], args[2]) : undefined,
      end: (_, returned) => {
        if (!returned) handlerFailed(shim);
      },
    },
  );
}

/** `true`: the end of the call is to be seen, for which a frame of the tracer stays on the stack below the listeners. */
function emitted(shim: Shim, event: string, value: unknown, origin: unknown): true | undefined {
  if (event[0] === 'S' && event[1] === 'I' && event[2] === 'G' && event !== RESIZED)
    guarded(shim, 'lifecycle', () => recordSignal(shim, event, 0));
  else if (event === 'uncaughtExceptionMonitor')
    guarded(shim, 'lifecycle', () => {
      recordException(shim, value, origin);
      if (leaving) left(shim, leaving, true);
    });
  else if (event === 'uncaughtException') return true;
  else if (event === 'newListener') guarded(shim, 'lifecycle', () => listening(shim, value));
  else if (event === 'beforeExit') guarded(shim, 'lifecycle', () => runDry(shim));
  else if (event === 'exit') guarded(shim, 'lifecycle', () => leave(shim, value));
  return undefined;
}

function listening(shim: Shim, event: unknown): void {
  const { sites, sources, recorder } = shim;
  if (event === 'message' && process.listenerCount(event) === 0)
    sources.messagesHeardAt = sites.here(observed);
  if (typeof event !== 'string' || !event.startsWith('SIG')) return;
  sources.signals.added(event, () => ({ site: sites.here(observed), since: recorder.clock.now() }));
}

/**
 * The exit code as the program had set it when the loop had run dry, its listeners to that included: from Node 22 on Node itself has
 * set one at the exit. `null`: it has not run dry.
 */
let dry: { readonly code: unknown } | null = null;

function runDry(shim: Shim): void {
  const look = (): void =>
    guarded(shim, 'lifecycle', () => {
      dry = { code: process.exitCode };
    });
  if (!afterListeners(process, 'beforeExit', look)) look();
}

/** An exit whose listeners run. */
interface Leaving {
  /** Where the program has called for it. */
  readonly site: number;
  readonly code: unknown;
  /** Node ends it because nothing could settle what its main module awaits. */
  readonly unsettled: boolean;
}
let leaving: Leaving | undefined;

/** Asked before the program's listeners to the exit, which may set any code: does Node set its own? */
function isUnsettled(code: unknown): boolean {
  if (dry === null) return false;
  if (code === UNSETTLED) return dry.code !== UNSETTLED;
  const events: unknown = Reflect.get(process, '_events');
  const listeners: unknown = Reflect.get(Object(events), 'exit');
  const isNodes = (listener: unknown): boolean => Reflect.get(Object(listener), 'name') === SETS_UNSETTLED;
  const hears = Array.isArray(listeners) ? listeners.some(isNodes) : isNodes(listeners);
  return hears && process.exitCode === undefined;
}

function leave(shim: Shim, code: unknown): void {
  // Where the loop has run dry, or an exception ends the thread, nothing of the program is on the stack.
  const now = { site: shim.sites.here(observed), code, unsettled: isUnsettled(code) };
  leaving = now;
  // Listeners come first: they may still do things, and change the code.
  const heard = afterListeners(process, 'exit', () =>
    guarded(shim, 'lifecycle', () => left(shim, now, false)),
  );
  if (!heard) left(shim, now, false);
}

/**
 * Calls `last` after the listeners of an event that is about to be emitted. Nothing of the tracer is on the stack below them,
 * and none of them sees it: it is out of their list again before the first one is called.
 * @returns false where nobody listens
 */
function afterListeners(emitter: object, event: string, last: () => void): boolean {
  const events: unknown = Reflect.get(emitter, '_events');
  if (typeof events !== 'object' || events === null) return false;
  const listeners: unknown = Reflect.get(events, event);
  if (listeners === undefined) return false;
  const first = (): void => {
    Reflect.set(events, event, listeners);
  };
  Reflect.set(events, event, [first].concat(listeners as (typeof first)[], last));
  return true;
}

/** `failed`: a listener has thrown, which ends the process with 1, unless the program handles even that. */
function left(shim: Shim, { site, code, unsettled }: Leaving, failed: boolean): void {
  leaving = undefined;
  const fatal = failed && process.listenerCount('uncaughtException') === 0;
  const value = fatal ? 1 : exitCode(process.exitCode ?? code);
  if (site !== 0) shim.recorder.incident({ what: 'exitCalled', message: '', site, value });
  else if (unsettled && value === UNSETTLED) {
    shim.awaits?.tell();
    shim.recorder.incident({ what: 'unsettledAwait', message: '' });
  }
  end(shim, value);
}

/** A listener for exceptions that throws one ends the process at once, without an exit event. */
function handlerFailed(shim: Shim): void {
  if (shim.thread.threadId === 0) end(shim, FATAL_IN_HANDLER);
  else shim.recorder.writeThrough();
}

/** The last moment in which this thread can do something. Of a main thread: its workers are stopped next. */
function end(shim: Shim, code: number): void {
  if (!shim.recorder.finished) tellUnwritten(shim);
  if (shim.thread.threadId === 0) tellTitle(shim.recorder);
  shim.recorder.finish(code);
  if (shim.thread.threadId === 0) shim.lanes.close();
}

function tellUnwritten({ recorder, sources }: Shim): void {
  for (const left of sources.writers) {
    const { resource, bytes, site } = left();
    if (bytes === 0) continue;
    const where = site === 0 ? {} : { site };
    recorder.incident({ what: 'unwritten', message: '', resource, value: bytes, ...where });
  }
}

function exitCode(code: unknown): number {
  return Number(code ?? process.exitCode ?? 0) & 0xff;
}

function recordSignal({ recorder }: Shim, name: string, pid: number): void {
  const number = signalNumber(name);
  if (number === undefined) return;
  recorder.record('signal', { receiver: pid, signalNumber: number });
  recorder.flush();
}

function recordKill(shim: Shim, pid: unknown, signal: unknown, skip: Skip): void {
  const number =
    typeof signal === 'number' ? signal : signalNumber(typeof signal === 'string' ? signal : 'SIGTERM');
  if (!number || typeof pid !== 'number') return;
  const site = shim.sites.here(skip);
  shim.recorder.record('signal', { site, receiver: pid, signalNumber: number });
  shim.recorder.flush();
}

/** `origin`: Node's word for what it was. */
function recordException(shim: Shim, error: unknown, origin: unknown): void {
  const { recorder, sites } = shim;
  const message = textOf(error);
  const site = sites.ofText(stackOf(error));
  const code: unknown = Reflect.get(Object(error), 'code');
  recorder.problem('uncaughtException', message);
  recorder.incident({
    what: origin === 'unhandledRejection' ? origin : 'uncaughtException',
    message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(site === 0 ? {} : { site }),
  });
  recorder.flush();
}
