import { type MainSession, WorkerSession } from '../cdp/client.ts';
import { type OpenInspector, openInspector } from '../cdp/open.ts';
import type { ProgramSystem } from '../system/index.ts';
import { lookAtThread, type ThreadFacts, type ThreadLook, type ThreadOptions } from './thread.ts';

/** What the inside of a process was found to do, or why that is not known. */
export interface InsideFacts {
  readonly threads: readonly ThreadFacts[];
  /** The inspector was open before: by `--inspect`, or by a debugger. */
  readonly wasOpen: boolean;
}

/**
 * Looks into a process through its inspector, which is opened for it and closed again.
 * @throws NotInspectable
 */
export async function lookInside(
  pid: number,
  system: ProgramSystem,
  options: ThreadOptions,
): Promise<InsideFacts> {
  const inspector = await openInspector(pid, system);
  let look: ThreadLook | undefined;
  try {
    look = await lookAtThread(inspector.main, options);
    look.resume();
    const main: ThreadFacts = { threadId: 0, name: 'main', ...look.facts };
    const workers = look.facts.where === 'native' ? [] : await lookAtWorkers(inspector.main, options);
    return { threads: [main, ...workers], wasOpen: !inspector.openedByUs };
  } finally {
    await leave(inspector, look);
  }
}

/** A thread that does not turn its loop has to be stopped once more, so that it can close its inspector. */
async function leave(inspector: OpenInspector, look: ThreadLook | undefined): Promise<void> {
  let frame: string | undefined;
  if (inspector.openedByUs && look?.facts.where === 'javascript') {
    const again = await lookAtThread(inspector.main, { heapLimit: 0 }).catch(() => undefined);
    frame = again?.pausedFrame;
  }
  await inspector.close(frame);
}

async function lookAtWorkers(main: MainSession, options: ThreadOptions): Promise<ThreadFacts[]> {
  const sessions: WorkerSession[] = [];
  const stop = main.on('NodeWorker.attachedToWorker', ({ sessionId, workerInfo }) => {
    const { title, url, workerId } = workerInfo as Record<'title' | 'url' | 'workerId', string | undefined>;
    sessions.push(new WorkerSession(main, String(sessionId), url || title || `worker ${workerId}`));
  });
  // It answers after it has told all that live.
  await main.call('NodeWorker.enable', { waitForDebuggerOnStart: false }).catch(() => {});
  const facts: ThreadFacts[] = [];
  for (const [index, session] of sessions.entries()) {
    const look = await lookAtThread(session, options);
    look.resume();
    facts.push({ threadId: index + 1, name: session.title, ...look.facts });
  }
  stop();
  await main.call('NodeWorker.disable').catch(() => {});
  return facts;
}
