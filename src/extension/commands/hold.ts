import * as vscode from 'vscode';
import { debugPort, NotInspectable } from '../../untraced/index.ts';
import type { InspectorAddress } from '../debug/configurations.ts';
import { PID_KEY } from '../debug/debuggees.ts';
import type { Debugging } from '../debug/debugging.ts';
import { ownPids, SIGNALS, signalled } from '../run/signals.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { NodeTarget, TreeNode } from '../tree/nodes.ts';

/** What pausing and attaching work with. */
export interface HoldParts {
  readonly sessions: Sessions;
  readonly debugging: Debugging;
  /** Whoever keeps the trace of a session, if this window has started them. */
  launcherOf(dir: string): Promise<number | undefined>;
}

type ProcessTarget = Extract<NodeTarget, { kind: 'process' }>;

/** Processes of one session, or all of it. */
interface Meant {
  readonly session: KnownSession;
  readonly pids: ReadonlySet<number> | undefined;
}

/** The rows that a command is about: those that are selected, where the one that was clicked is among them. */
export function rowsOf(given: unknown, second: unknown): readonly TreeNode[] {
  const isNode = (value: unknown): value is TreeNode =>
    typeof value === 'object' && value !== null && 'target' in value && 'style' in value;
  if (Array.isArray(second)) return second.filter(isNode);
  return isNode(given) ? [given] : [];
}

/** The processes of rows: of a group those in it, of a session all. `below`: with everything below them. */
export function processesIn(rows: readonly TreeNode[], below: boolean): readonly TreeNode[] {
  const found = new Set<TreeNode>();
  const add = (row: TreeNode, deep: boolean): void => {
    if (row.target.kind === 'process') found.add(row);
    if (deep || row.target.kind === 'group') for (const child of row.children) add(child, deep);
  };
  for (const row of rows) add(row, below);
  return [...found];
}

/**
 * Pauses processes, or lets them go on. Whoever has a debugger is paused by it, at the next line of JavaScript; all others are
 * stopped by the system, in whatever they are: that reaches those in an endless loop or in `Atomics.wait` as well.
 */
export async function hold(
  parts: HoldParts,
  rows: readonly TreeNode[],
  how: 'pause' | 'continue',
  below = false,
): Promise<void> {
  const { debugging } = parts;
  const { request, signal, told } = HOLDS[how];
  for (const { session, pids } of meant(parts, rows, below)) {
    const own = await ownPids(session, await parts.launcherOf(session.dir), pids);
    const debugged = debugging.debuggees.among(own);
    const asked = debugged.map(({ session: debug, threadId }) => debug.customRequest(request, { threadId }));
    const others = own.filter((pid) => !debugged.some((one) => one.pid === pid));
    for (const pid of signalled(others, signal)) debugging.witnesses.tell(session.dir, told, pid, 'signal');
    await Promise.allSettled(asked);
  }
}

const HOLDS = {
  pause: { request: 'pause', signal: 'SIGSTOP', told: 'paused' },
  continue: { request: 'continue', signal: 'SIGCONT', told: 'resumed' },
} as const;

function meant({ sessions }: HoldParts, rows: readonly TreeNode[], below: boolean): Meant[] {
  const byDir = new Map<string, ReadonlySet<number> | undefined>();
  for (const { dir, target } of rows) if (target.kind === 'session') byDir.set(dir, undefined);
  for (const { dir, target } of processesIn(rows, below)) {
    if (byDir.has(dir) && byDir.get(dir) === undefined) continue;
    byDir.set(dir, new Set([...(byDir.get(dir) ?? []), (target as ProcessTarget).pid]));
  }
  return [...byDir].flatMap(([dir, pids]) => {
    const session = sessions.known(dir);
    return session ? [{ session, pids }] : [];
  });
}

/** Asks for a signal, and sends it to the processes of the rows. */
export async function sendSignal(parts: HoldParts, rows: readonly TreeNode[]): Promise<void> {
  // The row under the pointer may be gone: who would be meant must not be guessed.
  if (rows.length === 0) throw new Error(vscode.l10n.t('It is not clear which process is meant.'));
  const title = vscode.l10n.t('Send Signal to {0}', rows.map(({ style }) => style.label).join(', '));
  const signal = await vscode.window.showQuickPick([...SIGNALS], { title });
  if (signal === undefined) return;
  for (const { session, pids } of meant(parts, rows, false))
    signalled(await ownPids(session, await parts.launcherOf(session.dir), pids), signal as NodeJS.Signals);
}

/** For so long js-debug tries to connect, ms. */
const ATTACH_MS = 60_000;

/** Attaches VS Code's debugger to processes that are traced. */
export async function attachDebugger(parts: HoldParts, rows: readonly TreeNode[]): Promise<void> {
  for (const { session, pids } of meant(parts, rows, false)) {
    for (const pid of pids ?? []) {
      const row = rows.find(({ target }) => target.kind === 'process' && target.pid === pid);
      await attach(parts, session, pid, row?.style.label ?? String(pid));
    }
  }
}

async function attach(parts: HoldParts, session: KnownSession, pid: number, name: string): Promise<void> {
  const { debugging } = parts;
  if (debugging.debuggees.of(pid)) {
    await vscode.commands.executeCommand('workbench.view.debug');
    return;
  }
  const address = await addressOf(parts, session, pid, name);
  const config = { type: 'node', request: 'attach', name: vscode.l10n.t('Attached to {0}', name) };
  const isStarted = await vscode.debug.startDebugging(undefined, {
    ...config,
    ...address,
    continueOnAttach: true,
    // js-debug gives up after 10 s, which a busy machine may need.
    timeout: ATTACH_MS,
    [PID_KEY]: pid,
  });
  if (!isStarted) throw new Error(vscode.l10n.t('The debugger did not attach to {0}.', name));
}

/** Lets the user choose a process of a running session, and tells where a debugger can attach to it. */
export async function pickProcess(parts: HoldParts): Promise<InspectorAddress | undefined> {
  const lists = parts.sessions.list().map(async (session) => {
    const processes =
      session.live && session.reader ? await session.reader.query('processes', {}).catch(() => []) : [];
    const living = processes.filter(({ end, instrumented }) => end === null && instrumented);
    return living.map(({ name, pid }) => ({
      label: name,
      description: `${vscode.l10n.t('pid {0}', pid)} · ${session.name}`,
      session,
      pid,
    }));
  });
  const items = (await Promise.all(lists)).flat();
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No traced process runs now.'));
    return undefined;
  }
  const title = vscode.l10n.t('Attach to a Traced Process');
  const picked = await vscode.window.showQuickPick(items, { title });
  return picked && addressOf(parts, picked.session, picked.pid, picked.label);
}

/** @throws Error in words for people where no debugger can attach */
async function addressOf(
  parts: HoldParts,
  session: KnownSession,
  pid: number,
  name: string,
): Promise<InspectorAddress> {
  // A trace can name any process: only one that shows that it belongs here is opened to a debugger.
  await ownPids(session, await parts.launcherOf(session.dir), new Set([pid]));
  try {
    return { address: '127.0.0.1', port: await debugPort(pid) };
  } catch (error) {
    if (!(error instanceof NotInspectable)) throw error;
    throw new Error(vscode.l10n.t('The debugger cannot attach to {0}: {1}.', name, error.message), {
      cause: error,
    });
  }
}
