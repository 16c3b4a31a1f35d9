import type * as vscode from 'vscode';
import type { FileView } from '../../model/types/index.ts';
import type { SessionUpdate } from '../../protocol/session.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { tracedNames } from '../workbench/source-files.ts';

/** Files whose lines are told of. */
export const SCRIPTS: vscode.DocumentSelector = [
  'typescript',
  'javascript',
  'typescriptreact',
  'javascriptreact',
].map((language) => ({ language, scheme: 'file' }));

/** What the newest session that knows a file tells of it. */
export interface KnownFile {
  readonly session: KnownSession;
  readonly view: FileView;
}

/** Asks sessions about files, each once as long as nothing comes. */
export class KnownFiles {
  private readonly sessions: Sessions;
  /** By session and file. */
  private readonly asked = new WeakMap<KnownSession, Map<string, Asked>>();

  constructor(sessions: Sessions) {
    this.sessions = sessions;
  }

  /** @returns `undefined`: no session of this window has run it */
  async of(document: vscode.TextDocument): Promise<KnownFile | undefined> {
    if (document.uri.scheme !== 'file') return undefined;
    const began = ({ reader }: KnownSession) => reader?.lastUpdate?.session.wallClock ?? 0;
    for (const session of [...this.sessions.list()].sort((a, b) => began(b) - began(a))) {
      const view = await this.ask(session, document);
      if (view !== undefined && view.lines.length > 0) return { session, view };
    }
    return undefined;
  }

  private ask(session: KnownSession, document: vscode.TextDocument): Promise<FileView | undefined> {
    const { reader } = session;
    const update = reader?.lastUpdate;
    if (!reader || !update) return Promise.resolve(undefined);
    const files = this.asked.get(session) ?? new Map<string, Asked>();
    this.asked.set(session, files);
    const names = tracedNames(document.uri);
    // They change when the user has located a file.
    const key = JSON.stringify(names);
    const known = files.get(key);
    if (known?.update === update) return known.view;
    // Closed meanwhile, it tells nothing.
    const view = reader.query('file', { names }).catch(() => undefined);
    files.set(key, { update, view });
    return view;
  }
}

interface Asked {
  readonly update: SessionUpdate;
  readonly view: Promise<FileView | undefined>;
}
