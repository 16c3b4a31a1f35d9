import { setTimeout as delay } from 'node:timers/promises';
import type { ProgramSystem } from '../system/system.ts';
import { MainSession } from './client.ts';
import { type Patience, whileItMay } from './patience.ts';

/** How long a thread that runs may take to open its inspector, ms. */
const OPENS_WITHIN = 1500;
const LOOK_EVERY = 15;
/** Answers that come over the inspector, where the system does not show who works on them, ms. */
const ANSWERS_WITHIN = 1000;
/** The inspector is gone, or will not go any more. */
const CLOSES_WITHIN = 3000;

/** Why the inside of a process could not be looked at, in words. */
export class NotInspectable extends Error {
  override readonly name = 'NotInspectable';
}

/** An open inspector of a process, and how to leave it as it was found. */
export interface OpenInspector {
  readonly main: MainSession;
  /** Where it listens: the address of its web socket. */
  readonly url: string;
  /** It was closed before, and will be closed again. */
  readonly openedByUs: boolean;
  /**
   * Ends the conversation. An inspector that was opened for it is closed by the program's own main thread; `frame` is the call
   * frame in which that thread is paused, if it is.
   */
  close(frame: string | undefined): Promise<void>;
}

/**
 * Connects to the inspector of a process, and opens it by SIGUSR1 where it is closed.
 * @throws NotInspectable
 */
export async function openInspector(pid: number, system: ProgramSystem): Promise<OpenInspector> {
  const patience = whileItMay(pid, system, ANSWERS_WITHIN);
  const already = await findUrl(pid, system);
  if (already !== undefined) return connect(already, false, patience);
  refuse(pid, system);
  process.kill(pid, 'SIGUSR1');
  const { over, stop } = whileItMay(pid, system, OPENS_WITHIN).start();
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  try {
    while (!isOver) {
      const url = await findUrl(pid, system);
      if (url !== undefined) return await connect(url, true, patience);
      await delay(LOOK_EVERY);
    }
  } finally {
    stop();
  }
  throw new NotInspectable(
    'it did not open its inspector: its main thread is in a native call, or it was started with --disable-sigusr1',
  );
}

function refuse(pid: number, system: ProgramSystem): void {
  if (process.platform === 'win32')
    throw new NotInspectable('its inspector is closed, and Windows has no signal that opens it');
  const port = system.inspectorPort(pid);
  if (port === null) throw new NotInspectable('it was started so that no signal opens its inspector');
  const owner = system.listener(port);
  if (owner !== null)
    throw new NotInspectable(
      `port ${port}, on which it would open its inspector, is used by process ${owner === 0 ? 'of somebody else' : owner}`,
    );
  const stuck = system.nativeCall(pid);
  // The signal would be answered only when that call returns, when nobody asks any more.
  if (stuck !== null) throw new NotInspectable(`its main thread is in a native call (${stuck})`);
}

async function findUrl(pid: number, system: ProgramSystem): Promise<string | undefined> {
  for (const port of system.listeningPorts(pid)) {
    const url = await urlAt(port);
    if (url !== undefined) return url;
  }
  return undefined;
}

/** The web socket of the inspector at a port of the loopback; `undefined`: there is none. */
export async function urlAt(port: number): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`, { signal: AbortSignal.timeout(2000) });
    const [target] = (await answer.json()) as { webSocketDebuggerUrl?: unknown }[];
    return typeof target?.webSocketDebuggerUrl === 'string' ? target.webSocketDebuggerUrl : undefined;
  } catch {
    // It is some other server, or does not answer.
    return undefined;
  }
}

export function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function connect(url: string, openedByUs: boolean, patience: Patience): Promise<OpenInspector> {
  const main = await MainSession.open(url, patience).catch((cause: unknown) => {
    throw new NotInspectable('its inspector does not let us in: a debugger may be attached', { cause });
  });
  return {
    main,
    url,
    openedByUs,
    close: async (frame) => {
      if (openedByUs) {
        const expression = 'process._debugEnd()';
        if (frame === undefined) main.tell('Runtime.evaluate', { expression });
        else main.tell('Debugger.evaluateOnCallFrame', { callFrameId: frame, expression });
        await Promise.race([main.closed, delay(CLOSES_WITHIN)]);
      }
      main.close();
    },
  };
}
