import type { Probe, Shim } from '../context/shim.ts';
import { builtin } from '../core/builtins.ts';
import { guarded } from '../core/guard.ts';
import { patch } from '../core/patch.ts';

/** Node's exit code then. */
const FATAL_IN_HANDLER = 7;

function signalNumber(name: string): number | undefined {
  const signals: Readonly<Record<string, number>> = builtin('node:os').constants.signals;
  return signals[name];
}

/** Exit code, uncaught exceptions, signals that the program handles or sends. The start is recorded by the shim itself. */
export const lifecycle: Probe = {
  name: 'lifecycle',
  install(shim) {
    watchEvents(shim);
    // `process.exit` ends here, also out of an exit listener; a normal end does not come by.
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

/** An own `emit`, not listeners: listeners of signals would change what signals do. */
function watchEvents(shim: Shim): void {
  patch(
    process,
    'emit',
    (original) =>
      function emit(this: unknown, ...args) {
        const [event, value] = args;
        if (typeof event === 'string') {
          if (event.startsWith('SIG') && event !== RESIZED)
            guarded(shim, 'lifecycle', () => recordSignal(shim, event, 0));
          else if (event === 'uncaughtExceptionMonitor')
            guarded(shim, 'lifecycle', () => recordException(shim, value));
          else if (event === 'uncaughtException')
            return handled(shim, () => Reflect.apply(original, this, args));
          else if (event === 'exit') return exit(shim, () => Reflect.apply(original, this, args), value);
        }
        return Reflect.apply(original, this, args);
      },
  );
}

/** Listeners come first: they may still do things, and change the code. */
function exit(shim: Shim, listeners: () => unknown, code: unknown): unknown {
  let failed = true;
  try {
    const result = listeners();
    failed = false;
    return result;
  } finally {
    // A listener that throws ends the process with 1, unless the program handles even that.
    const fatal = failed && process.listenerCount('uncaughtException') === 0;
    guarded(shim, 'lifecycle', () => end(shim, fatal ? 1 : exitCode(process.exitCode ?? code)));
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
        else shim.recorder.holdNothing();
      });
  }
}

/** The last moment in which this thread can do something. Of a main thread: its workers are stopped next. */
function end(shim: Shim, code: number): void {
  shim.recorder.finish(code);
  if (shim.thread.threadId === 0) shim.lanes.close();
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

function recordKill(shim: Shim, pid: unknown, signal: unknown, skip: (...args: unknown[]) => unknown): void {
  const number =
    typeof signal === 'number' ? signal : signalNumber(typeof signal === 'string' ? signal : 'SIGTERM');
  if (!number || typeof pid !== 'number') return;
  const site = shim.sites.here(skip);
  shim.recorder.record('signal', { site, receiver: pid, signalNumber: number });
  shim.recorder.flush();
}

function recordException({ recorder }: Shim, error: unknown): void {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  recorder.problem('uncaughtException', text);
  recorder.flush();
}
