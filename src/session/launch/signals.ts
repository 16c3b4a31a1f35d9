import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { procStat } from '../../base/proc.ts';

const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
const HANDED_ON: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGBREAK']
    : [...FROM_TERMINAL, 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];
/** What asks a program to end. */
const ENDING: readonly NodeJS.Signals[] = [...FROM_TERMINAL, 'SIGTERM', 'SIGHUP', 'SIGBREAK'];
/** Milliseconds in which a program that got the signal too (with the whole group) shows it: it ends, or its shim records it. */
const GRACE = 200;

/** The signals that the tool gets while the program runs. */
export interface SignalRelay {
  /** The terminal is gone: nobody reads or types there any more. */
  readonly hungUp: boolean;
  /** Removes the handlers. */
  close(): void;
}

/**
 * Keeps the tool alive while the program decides what a signal means, and lets each signal reach the program exactly
 * once. The terminal sends Ctrl-C to the whole foreground group, the program included; a supervisor may signal the group
 * as well, or only the tool: then it is handed on.
 *
 * @param hasReceived did the program's own trace show this signal since `time` (ms of `performance.now()`)?
 * @param onEnding called at once for a signal that asks the program to end
 */
export function handOnSignals(
  child: ChildProcess,
  hasReceived: (signal: NodeJS.Signals, since: number) => boolean,
  onEnding: (signal: NodeJS.Signals) => void,
): SignalRelay {
  let hungUp = false;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const handler = async (signal: NodeJS.Signals): Promise<void> => {
    if (signal === 'SIGHUP') hungUp = true;
    if (ENDING.includes(signal)) onEnding(signal);
    // Consoles of Windows deliver to everyone who is attached.
    if (process.platform === 'win32') return;
    if (FROM_TERMINAL.includes(signal) && isInForeground()) return;
    const since = performance.now();
    await sleep(GRACE);
    if (isRunning() && !hasReceived(signal, since)) child.kill(signal);
  };
  for (const signal of HANDED_ON) process.on(signal, handler);
  return {
    get hungUp() {
      return hungUp;
    },
    close: () => {
      for (const signal of HANDED_ON) process.off(signal, handler);
    },
  };
}

/** Is this process in the foreground group of a terminal? */
function isInForeground(): boolean {
  const stat = procStat('self');
  if (stat !== undefined) return stat.group === stat.foreground;
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
}
