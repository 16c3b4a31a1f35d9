import type * as vscode from 'vscode';

/** In the configuration of js-debug's sessions of one process: the session that was launched has none of its own. */
export const CHILD_KEY = '__pendingTargetId';
/** In the configuration of a session that attaches to a process: its pid. */
export const PID_KEY = '__forkscopePid';
/** js-debug puts the pid of a process behind the name of its session, and sometimes its parent's name behind that. */
const PID = /\[(\d+)\](?: «.*)?$/;
/** Requests after which a thread that stood at a breakpoint runs. */
const GO_ON: ReadonlySet<string> = new Set(['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'goto']);

/** What of the debug adapter protocol is looked at. */
interface Message {
  readonly type?: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly body?: { readonly threadId?: number };
}

/** A process that a debugger is attached to. */
export interface Debuggee {
  readonly pid: number;
  readonly session: vscode.DebugSession;
  /** js-debug's number of its only thread. */
  threadId: number;
  isPaused: boolean;
}

/** Which processes js-debug is attached to, and which of them stand at a breakpoint. */
export class Debuggees {
  private readonly bySession = new Map<string, Debuggee>();
  private readonly changed: (debuggee: Debuggee, isPaused: boolean) => void;

  /** @param changed called when a process is paused, and when it goes on */
  constructor(changed: (debuggee: Debuggee, isPaused: boolean) => void) {
    this.changed = changed;
  }

  of(pid: number): Debuggee | undefined {
    return [...this.bySession.values()].find((debuggee) => debuggee.pid === pid);
  }

  among(pids: readonly number[]): readonly Debuggee[] {
    return [...this.bySession.values()].filter(({ pid }) => pids.includes(pid));
  }

  tracker(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const named = CHILD_KEY in session.configuration ? PID.exec(session.name) : null;
    // Of a process that was attached to by its port js-debug may not know the pid yet.
    const pid = Number(named?.[1]) || (named && Number(session.parentSession?.configuration[PID_KEY]));
    if (!pid) return undefined;
    const debuggee: Debuggee = { pid, session, threadId: 0, isPaused: false };
    return {
      onWillStartSession: () => void this.bySession.set(session.id, debuggee),
      onDidSendMessage: (message: Message) => this.told(debuggee, message),
      onExit: () => this.left(debuggee),
      onWillStopSession: () => this.left(debuggee),
    };
  }

  private told(debuggee: Debuggee, { type, event, command = '', success, body }: Message): void {
    if (type === 'event' && body?.threadId !== undefined) debuggee.threadId = body.threadId;
    if (event === 'stopped') this.set(debuggee, true);
    if (event === 'continued' || (type === 'response' && success && GO_ON.has(command)))
      this.set(debuggee, false);
  }

  private left(debuggee: Debuggee): void {
    this.bySession.delete(debuggee.session.id);
    this.set(debuggee, false);
  }

  private set(debuggee: Debuggee, isPaused: boolean): void {
    if (debuggee.isPaused === isPaused) return;
    debuggee.isPaused = isPaused;
    this.changed(debuggee, isPaused);
  }
}
