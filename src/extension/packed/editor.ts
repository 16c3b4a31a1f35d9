import * as vscode from 'vscode';
import type { Timeline } from '../timeline/register.ts';
import { PACKED_EDITOR } from '../workbench/contributions.ts';
import type { PackedTraces } from './packed-traces.ts';

/** A `.forkscope` file in an editor: its timeline, and its processes in the tree. */
export function registerPackedEditor(packed: PackedTraces, timeline: Timeline): vscode.Disposable {
  const editor: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => timeline.showIn(panel, () => packed.folderOf(uri.fsPath)),
  };
  return vscode.window.registerCustomEditorProvider(PACKED_EDITOR, editor);
}
