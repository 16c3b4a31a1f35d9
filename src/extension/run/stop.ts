import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { countText, listText } from '../../model/words/index.ts';
import { isFromHere, readSessionHead } from '../../session/directory/session-file.ts';
import { isAlive, type KillStep, killTree } from '../../session/os/index.ts';
import type { KnownSession } from '../sessions/entry.ts';
import { processesNow } from './own-processes.ts';

/** The user has pressed *Cancel* while processes were being ended. */
class Cancelled extends Error {}

const KILL_AT_ONCE: readonly KillStep[] = [{ signal: 'SIGKILL', patience: 2000 }];

/** Ends under way, by session folder or process: a second request awaits the first, so that no process gets its signals twice. */
const ending = new Map<string, Promise<void>>();

function once(key: string, work: () => Promise<void>): Promise<void> {
  const running = ending.get(key) ?? work().finally(() => ending.delete(key));
  ending.set(key, running);
  return running;
}

/**
 * Ends everything that a session runs: SIGINT, SIGTERM, SIGKILL, each for what is left. The trace says that it is live, but not
 * whom to end: see {@link processesNow}.
 * @param launcher pid of its launcher, where this window has started it
 */
export function stopSession(session: KnownSession, launcher: number | undefined): Promise<void> {
  return once(session.dir, async () => {
    const pids = (await processesNow(session, launcher)).map(({ pid }) => pid);
    // Nothing runs yet: then whoever starts it is stopped.
    const ends = pids.length > 0 || launcher === undefined ? pids : [launcher];
    if (ends.length === 0) throw new Error(unproven(session.name));
    await end(ends, session.name);
  });
}

function unproven(name: string): string {
  return vscode.l10n.t(
    'Nothing was stopped: no running process shows that it was started for {0}. A trace can name any process. End it in the terminal where it runs.',
    name,
  );
}

/** A process as a row of the tree shows it. */
export interface ProcessTarget {
  readonly pid: number;
  /** ns since the session's origin. */
  readonly start: number;
  readonly name: string;
}

/** Ends processes and everything below them. Never one that does not belong to the session, nor another that has got its pid. */
export async function stopProcesses(
  session: KnownSession,
  targets: readonly ProcessTarget[],
  kill: boolean,
  launcher: number | undefined,
): Promise<void> {
  const names = targets.map(({ name, pid }) => `${name} (${pid})`);
  const label = listText(vscode.l10n.t, names, 2);
  // From the file itself: a reader may not have told of it yet, and then nobody seemed to be alive.
  const head = readSessionHead(session.dir);
  if (head === undefined) throw new Error(unproven(label));
  if (!isFromHere(head)) {
    throw new Error(vscode.l10n.t('{0} ran on another machine: nothing was stopped.', label));
  }
  const alive = targets.filter((target) => isSame(target, head.wallClock));
  if (alive.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} has ended already.', label));
    return;
  }
  const own = new Set((await processesNow(session, launcher)).map(({ pid }) => pid));
  const pids = alive.map(({ pid }) => pid).filter((pid) => own.has(pid));
  if (pids.length === 0) throw new Error(unproven(label));
  await once(`${session.dir}|${pids.join()}|${kill}`, () =>
    end(pids, label, kill ? KILL_AT_ONCE : undefined),
  );
}

/** Does this very process still run? `wallClock`: ms since the epoch at the session's origin. */
function isSame({ pid, start }: ProcessTarget, wallClock: number): boolean {
  return isAlive(pid, wallClock + start / 1e6);
}

/** How long ending may take before a notification shows its progress, ms. */
const QUICK = 400;

async function end(pids: readonly number[], name: string, steps?: readonly KillStep[]): Promise<void> {
  const state = { step: '', cancelled: false, told: (_step: string): void => undefined };
  const onStep = (signal: string, { length }: readonly number[]) => {
    if (state.cancelled) throw new Cancelled();
    state.step = vscode.l10n.t('{0} to {1}', signal, countText(vscode.l10n.t, length, 'process'));
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
