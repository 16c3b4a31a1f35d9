import { statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { listText } from '../../model/words/index.ts';
import { PACKED } from '../../session/directory/packed-name.ts';
import { packedSources, readSources, type Sources } from '../../session/directory/sources.ts';
import { traceFolder } from '../run/traces.ts';
import type { KnownSession } from '../sessions/entry.ts';

/** Names of sources that are told. */
const MOST_NAMED = 5;

/** Packed traces: written where the user says, and unpacked among the traces of this window, of which the oldest are deleted. */
export class PackedTraces {
  private readonly traces: string;
  /** Folders by file and state of the file: one that is opened twice is unpacked once. */
  private readonly unpacked = new Map<string, Promise<string>>();

  /** @param traces folder of all traces that this window keeps */
  constructor(traces: string) {
    this.traces = traces;
  }

  /**
   * The folder into which a packed trace is unpacked.
   * @throws UserError when it is none
   */
  async folderOf(file: string): Promise<string> {
    const stat = statSync(file);
    const key = `${file} ${stat.size} ${stat.mtimeMs}`;
    let folder = this.unpacked.get(key);
    if (folder === undefined) {
      folder = this.unpack(file, stat.mtime);
      this.unpacked.set(key, folder);
      folder.catch(() => this.unpacked.delete(key));
    }
    return folder;
  }

  /** Asks for a file, and writes a trace into it; with its sources, where there are any and the user wants it. */
  async save(session: KnownSession): Promise<void> {
    const { dir, name } = session;
    const sources = await chooseSources(session);
    if (sources === undefined) return;
    const root = vscode.workspace.workspaceFolders?.[0]?.uri;
    const proposed = `${path.parse(name).name}${PACKED}`;
    const target = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Save Trace'),
      filters: { [vscode.l10n.t('Packed traces')]: [PACKED.slice(1)] },
      ...(root && { defaultUri: vscode.Uri.joinPath(root, proposed) }),
    });
    if (target === undefined) return;
    // Loaded when it is wanted, as below: the start of the extension would wait for its library.
    const { packTrace } = await import('../../session/directory/pack.ts');
    await withProgress(vscode.l10n.t('Saving the trace of {0}', name), (signal) =>
      packTrace(dir, target.fsPath, sources.size > 0 ? { signal, sources } : { signal }),
    );
  }

  private async unpack(file: string, written: Date): Promise<string> {
    const dir = traceFolder(this.traces, path.parse(file).name, written);
    const { unpackTrace } = await import('../../session/directory/pack.ts');
    await withProgress(vscode.l10n.t('Unpacking {0}', path.basename(file)), (signal) =>
      unpackTrace(file, dir, signal),
    );
    return dir;
  }
}

/** The sources that go with a trace: none, or what its stacks name, as far as it is known as it ran. `undefined`: the user has gone. */
async function chooseSources({ dir, reader }: KnownSession): Promise<Sources | undefined> {
  const { lastUpdate } = reader ?? {};
  const named = lastUpdate ? await reader?.query('sourceFiles', {}).catch(() => []) : [];
  const { session, lastTime = 0 } = lastUpdate ?? {};
  const read = readSources(named ?? [], session?.wallClock ?? 0, lastTime);
  const sources = new Map([...packedSources(dir), ...read]);
  if (sources.size === 0) return sources;
  const names = [...sources.keys()].map((file) => path.basename(file));
  const choices = [
    { label: vscode.l10n.t('The trace alone'), sources: new Map<string, string>() },
    {
      label: vscode.l10n.t('The trace and its sources'),
      description: listText(vscode.l10n.t, names, MOST_NAMED),
      detail: vscode.l10n.t('Whoever gets it sees the code that its stacks lead to.'),
      sources,
    },
  ];
  const picked = await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Save Trace') });
  return picked?.sources;
}

/** Long work with a button that cancels it. */
async function withProgress(title: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  await vscode.window.withProgress(options, async (_progress, token) => {
    const stop = new AbortController();
    const asked = token.onCancellationRequested(() => stop.abort(new vscode.CancellationError()));
    try {
      await work(stop.signal);
    } finally {
      asked.dispose();
    }
  });
}
