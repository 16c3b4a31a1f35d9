import * as vscode from 'vscode';
import { isDebuggersHelper } from '../../base/debuggers.ts';
import type { KnownSession } from '../sessions/entry.ts';
import { processesNow } from './own-processes.ts';

/** What *Send Signal…* offers; Windows knows only those that end a process. */
export const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGTERM', 'SIGKILL']
    : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGSTOP', 'SIGCONT', 'SIGKILL'];

/**
 * Pids of the living processes that belong to a session, parents first, without the debugger's own: only these may be sent a signal,
 * whatever the trace says. See {@link processesNow}.
 * @param among `undefined`: all
 * @throws Error in words for people where none of them shows that it belongs to the session
 */
export async function ownPids(
  session: KnownSession,
  launcher: number | undefined,
  among: ReadonlySet<number> | undefined,
): Promise<number[]> {
  const own = (await processesNow(session, launcher))
    .filter(({ pid }) => among === undefined || among.has(pid))
    .filter(({ argv }) => !isDebuggersHelper(argv ?? []))
    .map(({ pid }) => pid);
  if (own.length > 0) return own;
  throw new Error(
    vscode.l10n.t('Nothing was done: no running process shows that it was started for {0}.', session.name),
  );
}

/** Sends a signal; returns the pids of those that got it. */
export function signalled(pids: readonly number[], signal: NodeJS.Signals): number[] {
  return pids.filter((pid) => {
    try {
      return process.kill(pid, signal);
    } catch {
      // It has ended meanwhile, or has become another user's.
      return false;
    }
  });
}
