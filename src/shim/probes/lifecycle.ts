import { tellTitle } from '../children/description.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { builtin } from '../core/builtins.ts';
import { stackOf, textOf } from '../core/errors.ts';
import { guarded } from '../core/guard.ts';
import { patch } from '../core/patch.ts';

type Skip = (...args: unknown[]) => unknown;

/** Node's exit code after an uncaught exception. */
const FATAL_IN_HANDLER = 7;
/** And when it has nothing left to do in the middle of an `await` at the top level. */
const UNSETTLED = 13;

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
  },
};

/** Node itself listens to it for each stream that is a terminal: a resting thread rests on when a panel changes its size. */
const RESIZED = 'SIGWINCH';

/** Sees signals in an `emit` of its own: a listener would keep the signal from doing what it does by default. */
function watchEvents(shim: Shim): void {
  patch(
    process,
    'emit',
    (original) =>
      function emit(this: unknown, ...args) {
        // What is done outside of `guarded` calls nothing that a program may have replaced.
        const event = args[0];
        const value = args[1];
        if (typeof event === 'string') {
          if (event[0] === 'S' && event[1] === 'I' && event[2] === 'G' && event !== RESIZED)
            guarded(shim, 'lifecycle', () => recordSignal(shim, event, 0));
          else if (event === 'uncaughtExceptionMonitor')
            guarded(shim, 'lifecycle', () => recordException(shim, value, args[2]));
          else if (event === 'uncaughtException')
            return handled(shim, () => Reflect.apply(original, this, args));
          else if (event === 'newListener') guarded(shim, 'lifecycle', () => listening(shim, value, emit));
          else if (event === 'beforeExit') return dry(shim, () => Reflect.apply(original, this, args));
          else if (event === 'exit')
            return exit(shim, () => Reflect.apply(original, this, args), value, emit);
        }
        return Reflect.apply(original, this, args);
      },
  );
}

function listening(shim: Shim, event: unknown, skip: Skip): void {
  const { sites, sources, recorder } = shim;
  if (event === 'message' && process.listenerCount(event) === 0) sources.messagesHeardAt = sites.here(skip);
  if (typeof event !== 'string' || !event.startsWith('SIG')) return;
  sources.signals.added(event, () => ({ site: sites.here(skip), since: recorder.clock.now() }));
}

/** The loop has run dry, and the program has set no exit code: one that is there at the exit is Node's. */
let ranDry = false;
function dry(shim: Shim, listeners: () => unknown): unknown {
  try {
    return listeners();
  } finally {
    // A program may have taken the global `process` away.
    guarded(shim, 'lifecycle', () => {
      ranDry = process.exitCode === undefined;
    });
  }
}

/** Listeners come first: they may still do things, and change the code. */
function exit(shim: Shim, listeners: () => unknown, code: unknown, skip: Skip): unknown {
  // Where the loop has run dry, or an exception ends the thread, nothing of the program is on the stack.
  const site = guarded(shim, 'lifecycle', () => shim.sites.here(skip)) ?? 0;
  let failed = true;
  try {
    const result = listeners();
    failed = false;
    return result;
  } finally {
    // A listener that throws ends the process with 1, unless the program handles even that.
    guarded(shim, 'lifecycle', () => {
      const fatal = failed && process.listenerCount('uncaughtException') === 0;
      const value = fatal ? 1 : exitCode(process.exitCode ?? code);
      if (site !== 0) shim.recorder.incident({ what: 'exitCalled', message: '', site, value });
      else if (ranDry && value === UNSETTLED) {
        shim.awaits?.tell();
        shim.recorder.incident({ what: 'unsettledAwait', message: '' });
      }
      end(shim, value);
    });
  }
}

/** A listener for exceptions that throws one ends the process at once, without an exit event. */
function handled(shim: Shim, listeners: () => unknown): unknown {
  let failed = true;
  try {
    const result = listeners();
    failed = false;
    return result;
  } finally {
    // Not caught and thrown again: Node shows the line that threw.
    if (failed)
      guarded(shim, 'lifecycle', () => {
        if (shim.thread.threadId === 0) end(shim, FATAL_IN_HANDLER);
        else shim.recorder.writeThrough();
      });
  }
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
