import { readFileSync, statSync } from 'node:fs';
import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { packedText } from '../workbench/packed-sources.ts';
import { onDidMapSources, tracedNames } from '../workbench/source-files.ts';
import { lineMap } from './line-map.ts';

/** Lines of a file as a session ran it; `null`: not known, since the file was written after the session had begun. */
type Ran = readonly string[] | null;

/**
 * Where lines that a trace tells of are now in an edited document. What a program ran is what was on the disk when its session
 * began: of files that are open it is kept before they change.
 */
export class TracedLines implements vscode.Disposable {
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  /** By folder of the session and file. */
  private readonly ran = new Map<string, Map<string, Ran>>();
  /** Of each document as it is now, by what was run. */
  private readonly maps = new WeakMap<vscode.TextDocument, Mapped>();

  constructor(sessions: Sessions) {
    this.sessions = sessions;
    const { workspace } = vscode;
    this.all.add(sessions.onDidChange((session) => this.update(session)));
    this.all.add(onDidMapSources(() => this.ran.clear()));
    this.all.add(workspace.onDidOpenTextDocument((document) => this.keepAll(document)));
    this.all.add(workspace.onWillSaveTextDocument(({ document }) => this.keepAll(document)));
  }

  dispose(): void {
    this.all.dispose();
  }

  /**
   * The line of a document that was a line of its file in a session, both from 0.
   * @returns `undefined`: the line was changed since, or the file before it was looked at
   */
  now(document: vscode.TextDocument, session: KnownSession, line: number): number | undefined {
    return this.mapOf(document, session)?.get(line);
  }

  /** The same of a line that may have been changed: then the one behind the last that was not. */
  near(document: vscode.TextDocument, session: KnownSession, line: number): number | undefined {
    const map = this.mapOf(document, session);
    if (map === undefined) return undefined;
    for (let above = line; above >= 0; above--) {
      const now = map.get(above);
      if (now !== undefined) return Math.min(now + (above === line ? 0 : 1), document.lineCount - 1);
    }
    return 0;
  }

  /** The line in the session of a line of the document: the other way round. */
  ranAt(document: vscode.TextDocument, session: KnownSession, line: number): number | undefined {
    const map = this.mapOf(document, session);
    return [...(map ?? [])].find(([, now]) => now === line)?.[0];
  }

  private mapOf(
    document: vscode.TextDocument,
    session: KnownSession,
  ): ReadonlyMap<number, number> | undefined {
    const ran = this.keep(document, session);
    if (!ran) return undefined;
    let mapped = this.maps.get(document);
    if (mapped?.version !== document.version) {
      mapped = { version: document.version, lines: linesOf(document.getText()), by: new Map() };
      this.maps.set(document, mapped);
    }
    let map = mapped.by.get(ran);
    if (map === undefined) {
      map = lineMap(ran, mapped.lines);
      mapped.by.set(ran, map);
    }
    return map;
  }

  private update(session: KnownSession | undefined): void {
    if (session === undefined) {
      for (const dir of this.ran.keys()) if (!this.sessions.known(dir)) this.ran.delete(dir);
      return;
    }
    for (const document of vscode.workspace.textDocuments) this.keep(document, session);
  }

  private keepAll(document: vscode.TextDocument): void {
    for (const session of this.sessions.list()) this.keep(document, session);
  }

  private keep({ uri }: vscode.TextDocument, { dir, reader }: KnownSession): Ran | undefined {
    const began = reader?.lastUpdate?.session.wallClock ?? 0;
    if (uri.scheme !== 'file' || began === 0) return undefined;
    let files = this.ran.get(dir);
    if (files === undefined) {
      files = new Map();
      this.ran.set(dir, files);
    }
    let ran = files.get(uri.fsPath);
    if (ran === undefined) {
      ran = this.shared(this.readRan(uri, dir, began), uri.fsPath);
      files.set(uri.fsPath, ran);
    }
    return ran;
  }

  /** What came with the trace is what ran, wherever that was. Else the file itself, of which that is known only where it ran here. */
  private readRan(uri: vscode.Uri, dir: string, began: number): Ran {
    const packed = packedText(dir, tracedNames(uri));
    return packed === undefined ? readBefore(uri.fsPath, began) : linesOf(packed);
  }

  /** One copy of what several sessions have run. */
  private shared(ran: Ran, file: string): Ran {
    if (ran === null) return null;
    for (const files of this.ran.values()) {
      const known = files.get(file);
      if (known?.length === ran.length && known.every((line, i) => line === ran[i])) return known;
    }
    return ran;
  }
}

interface Mapped {
  readonly version: number;
  readonly lines: readonly string[];
  readonly by: Map<Ran, ReadonlyMap<number, number>>;
}

/** @param time ms since the epoch */
function readBefore(file: string, time: number): Ran {
  try {
    return statSync(file).mtimeMs > time ? null : linesOf(readFileSync(file, 'utf8'));
  } catch {
    // It is gone: an editor may show it still.
    return null;
  }
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}
