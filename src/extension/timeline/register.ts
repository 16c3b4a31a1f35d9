import * as vscode from 'vscode';
import type { SessionRegistry } from '../../protocol/session.ts';
import { TIMELINE_VIEW } from '../../protocol/timeline.ts';
import { createPanel, panelOptions, TimelinePanel, type TimelineTarget } from './panel.ts';

/** What the command may be given: a tree item, a target, or nothing. Anything else is ignored. */
function targetOf(value: unknown): TimelineTarget {
  if (typeof value !== 'object' || value === null) return {};
  const text = (key: string): string | undefined => {
    const found: unknown = Reflect.get(value, key);
    return typeof found === 'string' ? found : undefined;
  };
  const time: unknown = Reflect.get(value, 'time');
  const [processId, threadId] = [text('processId'), text('threadId')];
  return {
    ...(processId === undefined ? {} : { processId }),
    ...(threadId === undefined ? {} : { threadId }),
    ...(typeof time === 'number' ? { time } : {}),
  };
}

/** Trace directory in the state that the page kept (`TimelineState`, perhaps of another version). */
function dirOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  const dir: unknown = Reflect.get(state, 'dir');
  return typeof dir === 'string' ? dir : undefined;
}

/**
 * The timeline: command `forkscope.openTimeline` (optionally with a {@link TimelineTarget}), and the serializer that brings
 * the panel back after a reload of the window.
 */
export function registerTimeline(
  context: vscode.ExtensionContext,
  sessions: SessionRegistry,
  log: (message: string) => void = () => undefined,
): void {
  let current: TimelinePanel | undefined;
  const adopt = (panel: vscode.WebviewPanel): TimelinePanel => {
    const made = new TimelinePanel(panel, context.extensionUri, sessions, log, () => {
      if (current === made) current = undefined;
    });
    current = made;
    return made;
  };
  const show = (argument: unknown): void => {
    if (current) current.reveal();
    else adopt(createPanel(context.extensionUri));
    current?.show(targetOf(argument));
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('forkscope.openTimeline', show),
    vscode.window.registerWebviewPanelSerializer(TIMELINE_VIEW, {
      async deserializeWebviewPanel(panel, state) {
        panel.webview.options = panelOptions(context.extensionUri);
        const dir = dirOf(state);
        const timeline = adopt(panel);
        if (dir !== undefined) await timeline.open(dir);
      },
    }),
    { dispose: () => current?.dispose() },
  );
}
