import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Debugging } from '../debug/debugging.ts';
import type { Runner } from '../run/runner.ts';
import { stopSession } from '../run/stop.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { ProcessTreeView } from '../tree/tree-view.ts';
import { showSession } from './show.ts';

interface Parts {
  readonly sessions: Sessions;
  readonly view: ProcessTreeView;
  readonly runner: Runner;
  readonly debugging: Debugging;
}

/** Is it known how the session was started? Of a trace that was opened it is not. */
export function canRunAgain({ debugging }: Pick<Parts, 'debugging'>, { dir, run }: KnownSession): boolean {
  return run !== undefined || debugging.hasStarted(dir);
}

/** Runs the script of a session again, with the arguments and the Node that it had; a debugged one is debugged again. */
export async function runAgain({ runner, debugging, view }: Parts, session: KnownSession): Promise<void> {
  const { dir, script, run } = session;
  if (run === undefined || (script === undefined && run.of === undefined)) {
    await debugging.startAgain(dir);
    return;
  }
  const next = await (script === undefined
    ? run.of && runner.runCommand(run.of, run.args, run)
    : runner.run(vscode.Uri.file(script), run));
  if (next !== undefined) await showSession(view, next);
}

/** How long the end of a session may be awaited that has been stopped, ms: its last records are still read. */
const END_PATIENCE = 10_000;
const LOOK_EVERY = 50;

/** Stops a session, and runs it again when it has ended. */
export async function restart(
  parts: Parts,
  session: KnownSession,
  launcher: number | undefined,
): Promise<void> {
  await stopSession(session, launcher);
  const deadline = performance.now() + END_PATIENCE;
  while (parts.sessions.known(session.dir)?.live && performance.now() < deadline) await sleep(LOOK_EVERY);
  await runAgain(parts, session);
}
