import * as vscode from 'vscode';
import type { SessionRegistry } from '../../protocol/session.ts';
import { TIMELINE_VIEW } from '../../protocol/timeline.ts';
import { createPanel, panelOptions, TimelinePanel } from './panel.ts';
import { keptDir, timelineTarget } from './target.ts';

/** For whoever has an editor of its own in which the timeline is shown. */
export interface Timeline {
  /** @param place makes the folder of the trace; what it throws is said in the panel */
  showIn(panel: vscode.WebviewPanel, place: () => Promise<string>): Promise<void>;
}

/**
 * The timeline: command `forkscope.openTimeline` (optionally with a `TimelineTarget` or a tree item), and the serializer that brings
 * the panel back after a reload of the window.
 */
export function registerTimeline(
  context: vscode.ExtensionContext,
  sessions: SessionRegistry,
  log: (message: string) => void = () => undefined,
): Timeline {
  let current: TimelinePanel | undefined;
  const adopt = (panel: vscode.WebviewPanel): TimelinePanel => {
    const made = new TimelinePanel(panel, context.extensionUri, sessions, log, () => {
      if (current === made) current = undefined;
    });
    current = made;
    return made;
  };
  const show = async (argument: unknown): Promise<void> => {
    if (current) current.reveal();
    else adopt(createPanel(context.extensionUri));
    await current?.show(timelineTarget(argument));
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('forkscope.openTimeline', show),
    vscode.window.registerWebviewPanelSerializer(TIMELINE_VIEW, {
      async deserializeWebviewPanel(panel, state) {
        panel.webview.options = panelOptions(context.extensionUri);
        const dir = keptDir(state);
        const timeline = adopt(panel);
        if (dir !== undefined) await timeline.open(dir);
      },
    }),
    { dispose: () => current?.dispose() },
  );
  return {
    async showIn(panel, place) {
      panel.webview.options = panelOptions(context.extensionUri);
      await adopt(panel).open(place);
    },
  };
}
