import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ProcessView } from '../../model/types/index.ts';
import { isFromHere, isLauncherAlive, readSessionHead } from '../../session/directory/session-file.ts';
import { isAlive, type KillStep, killTree } from '../../session/os/index.ts';
import type { KnownSession } from '../sessions/entry.ts';

/** The user does not want it any more. */
class Cancelled extends Error {}

const KILL_AT_ONCE: readonly KillStep[] = [{ signal: 'SIGKILL', patience: 2000 }];

/** What is being ended now: who asks again waits for it too, and nothing gets its signals twice. */
const ending = new Map<string, Promise<void>>();

function once(key: string, work: () => Promise<void>): Promise<void> {
  const running = ending.get(key) ?? work().finally(() => ending.delete(key));
  ending.set(key, running);
  return running;
}

/** Ends everything that a session runs: SIGINT, SIGTERM, SIGKILL, each for what is left. */
export function stopSession(session: KnownSession): Promise<void> {
  return once(session.dir, () => endSession(session));
}

async function endSession(session: KnownSession): Promise<void> {
  const processes = (await session.reader?.query('processes', {})) ?? [];
  const wallClock = session.reader?.lastUpdate?.session.wallClock ?? 0;
  const pids = processes.filter((p) => isSame(p, wallClock)).map((p) => p.pid);
  await end(pids.length > 0 ? pids : launcherOf(session), session.name);
}

/** Nothing is known of the program yet: then whoever starts it is stopped. */
function launcherOf({ dir }: KnownSession): number[] {
  const head = readSessionHead(dir);
  return head && isLauncherAlive(head) ? [head.launcherPid] : [];
}

/** A process as a row of the tree shows it. */
export interface ProcessTarget {
  readonly pid: number;
  /** ns since the session's origin. */
  readonly start: number;
  readonly name: string;
}

/** Ends one process and everything below it. Never another one that has got its pid. */
export async function stopProcess(
  session: KnownSession,
  target: ProcessTarget,
  kill: boolean,
): Promise<void> {
  const wallClock = session.reader?.lastUpdate?.session.wallClock ?? 0;
  const label = `${target.name} (${target.pid})`;
  const head = readSessionHead(session.dir);
  if (head && !isFromHere(head)) {
    throw new Error(vscode.l10n.t('{0} ran on another machine: nothing was stopped.', label));
  }
  if (!isSame({ ...target, end: null }, wallClock)) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} has ended already.', label));
    return;
  }
  await once(`${session.dir}|${target.pid}|${kill}`, () =>
    end([target.pid], label, kill ? KILL_AT_ONCE : undefined),
  );
}

/** Does this very process still run? `wallClock`: ms since the epoch at the session's origin. */
function isSame({ pid, start, end }: Pick<ProcessView, 'pid' | 'start' | 'end'>, wallClock: number): boolean {
  return end === null && isAlive(pid, wallClock + start / 1e6);
}

/** What ends faster than this is not worth a notification, ms. */
const QUICK = 400;

async function end(pids: readonly number[], name: string, steps?: readonly KillStep[]): Promise<void> {
  const state = { step: '', cancelled: false, told: (_step: string): void => undefined };
  const onStep = (signal: string, { length }: readonly number[]) => {
    if (state.cancelled) throw new Cancelled();
    state.step = vscode.l10n.t('{0} to {1} process(es)', signal, length);
    state.told(state.step);
  };
  const ended = killTree(pids, { onStep, ...(steps ? { steps } : {}) }).catch((error: unknown) => {
    if (error instanceof Cancelled) return [];
    throw error;
  });
  const isQuick = await Promise.race([ended.then(() => true), sleep(QUICK, false)]);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Stopping {0}', name),
    cancellable: true,
  };
  if (!isQuick) {
    await vscode.window.withProgress(options, (progress, token) => {
      state.told = (message) => progress.report({ message });
      state.told(state.step);
      token.onCancellationRequested(() => {
        state.cancelled = true;
      });
      return ended;
    });
  }
  const left = await ended;
  if (left.length > 0) {
    throw new Error(vscode.l10n.t('{0} can’t be stopped: still running are {1}.', name, left.join(', ')));
  }
}
