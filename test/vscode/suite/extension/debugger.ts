import assert from 'node:assert/strict';
import { after, afterEach, before } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { cleanUp, forkscope, until } from './support.ts';

/** One process at a breakpoint. */
export interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
}

interface DapMessage {
  readonly type: string;
  readonly event?: string;
  readonly body?: { readonly threadId?: number; readonly output?: string };
}

/** Sees what js-debug's sessions tell: which of them stand at a breakpoint, and what they print. */
export class DebuggerWatch implements vscode.Disposable {
  readonly sessions = new Set<vscode.DebugSession>();
  readonly stops = new Map<string, Stop>();
  output = '';
  private readonly registrations: vscode.Disposable[];

  constructor() {
    this.registrations = [
      vscode.debug.registerDebugAdapterTrackerFactory('pwa-node', {
        createDebugAdapterTracker: (session) => {
          this.sessions.add(session);
          return { onDidSendMessage: (message: DapMessage) => this.told(session, message) };
        },
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.sessions.delete(session);
        this.stops.delete(session.id);
      }),
    ];
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }

  async stopped(count: number): Promise<Stop[]> {
    await until(`${count} processes at a breakpoint`, () => this.stops.size >= count);
    return [...this.stops.values()];
  }

  private told(session: vscode.DebugSession, { type, event, body }: DapMessage): void {
    if (type !== 'event') return;
    if (event === 'stopped') this.stops.set(session.id, { session, threadId: body?.threadId ?? 0 });
    if (event === 'continued') this.stops.delete(session.id);
    if (event === 'output') this.output += body?.output ?? '';
  }
}

/** `file:line` of the innermost frame. */
export async function placeOf({ session, threadId }: Stop): Promise<string> {
  const { stackFrames } = await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 1 });
  return `${stackFrames[0].source.name}:${stackFrames[0].line}`;
}

export async function evaluate({ session, threadId }: Stop, expression: string): Promise<string> {
  const { stackFrames } = await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 1 });
  const answer = await session.customRequest('evaluate', {
    expression,
    frameId: stackFrames[0].id,
    context: 'repl',
  });
  return answer.result;
}

export function goOn({ session, threadId }: Stop): Thenable<unknown> {
  return session.customRequest('continue', { threadId });
}

/** A breakpoint at the line of a script that has the text. */
export function breakAt(script: vscode.Uri, source: string, text: string): vscode.SourceBreakpoint {
  const line = source.split('\n').findIndex((l) => l.includes(text));
  assert.ok(line >= 0, text);
  const breakpoint = new vscode.SourceBreakpoint(new vscode.Location(script, new vscode.Position(line, 0)));
  vscode.debug.addBreakpoints([breakpoint]);
  return breakpoint;
}

/**
 * What a suite that debugs a script does around its tests: each begins with nothing of the one before.
 * @param begun called before the first test
 */
export function aroundDebugging(
  script: () => vscode.Uri,
  source: string,
  begun: (api: ForkscopeApi, watch: DebuggerWatch) => void,
): void {
  let api: ForkscopeApi;
  let watch: DebuggerWatch;
  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    watch = new DebuggerWatch();
    await vscode.workspace.fs.writeFile(script(), Buffer.from(source));
    begun(api, watch);
  });
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await until('the debug sessions to end', () => watch.sessions.size === 0);
    await cleanUp(api);
  });
  after(() => watch.dispose());
}
