import * as vscode from 'vscode';
import { packedSources, type Sources } from '../../session/directory/sources.ts';

/** Scheme of sources that are shown from a packed trace: read-only, as all that has no file. */
export const PACKED_SCHEME = 'forkscope-source';

const read = new Map<string, Sources>();
interface OpenSessions {
  list(): readonly { readonly dir: string }[];
}
let open: OpenSessions = { list: () => [] };

/** Shows sources that came with the traces of open sessions, and whose files are not on this machine. */
export function registerPackedSources(sessions: OpenSessions): vscode.Disposable {
  open = sessions;
  return vscode.workspace.registerTextDocumentContentProvider(PACKED_SCHEME, {
    provideTextDocumentContent: ({ query }) => {
      const [folder, file]: string[] = JSON.parse(query);
      return packedText(folder ?? '', [file ?? '']);
    },
  });
}

/** Where a file's text is in a packed trace; `undefined`: in none that is open. */
export function packedUri(file: string): vscode.Uri | undefined {
  const session = open.list().find(({ dir }) => sourcesIn(dir).has(file));
  if (session === undefined) return undefined;
  const { path } = vscode.Uri.file(file);
  return vscode.Uri.from({ scheme: PACKED_SCHEME, path, query: JSON.stringify([session.dir, file]) });
}

/** The file that a document from a packed trace is, as the trace names it. */
export function packedFile({ query }: vscode.Uri): string | undefined {
  return (JSON.parse(query) as string[])[1];
}

/** The text of a file that came with a trace, by any name that it may have there. */
export function packedText(dir: string, names: readonly string[]): string | undefined {
  const sources = sourcesIn(dir);
  const name = names.find((one) => sources.has(one));
  return name === undefined ? undefined : sources.get(name);
}

function sourcesIn(dir: string): Sources {
  const sources = read.get(dir) ?? packedSources(dir);
  read.set(dir, sources);
  return sources;
}
