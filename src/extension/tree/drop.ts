import * as vscode from 'vscode';
import type { CommandId } from '../workbench/contributions.ts';
import type { TreeNode } from './nodes.ts';

const URIS = 'text/uri-list';
const OPEN: CommandId = 'forkscope.openTrace';

/** Folders and packed traces that are dropped onto the tree are opened; nothing can be dragged out of it. */
export const DROPS: vscode.TreeDragAndDropController<TreeNode> = {
  dragMimeTypes: [],
  dropMimeTypes: [URIS],
  async handleDrop(_target, data) {
    const list = await data.get(URIS)?.asString();
    for (const place of placesIn(list ?? '')) await vscode.commands.executeCommand(OPEN, place);
  },
};

/** Files of this machine in a list of URIs, each once (RFC 2483: comments begin with `#`). */
function placesIn(list: string): string[] {
  const lines = list.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const uris = lines.map((line) => vscode.Uri.parse(line));
  const local = uris.filter(({ scheme }) => scheme === 'file' || scheme === 'vscode-remote');
  return [...new Set(local.map(({ path }) => vscode.Uri.file(path).fsPath))];
}
