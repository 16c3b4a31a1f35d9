import { statSync } from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Disposable } from '../../base/disposables.ts';
import { Emitter } from '../../base/events.ts';
import type { SessionHandle, SessionRegistry } from '../../protocol/session.ts';
import { type KnownSession, SessionEntry, type SessionReader } from './entry.ts';
import type { RunRecord, SessionRecord, WindowMemory } from './record.ts';
import { isRunRecord, restoreRecords, storeRecords } from './record.ts';

/** All sessions of this window, in the order in which they came. Remembers the live ones over a reload. */
export class Sessions implements SessionRegistry, Disposable {
  private readonly entries = new Map<string, SessionEntry>();
  private readonly memory: WindowMemory;
  private readonly read: (dir: string, script: string | undefined) => SessionReader;
  private readonly changes = new Emitter<KnownSession | undefined>();
  private readonly currentChanges = new Emitter<SessionHandle | undefined>();
  private currentDir: string | undefined;
  private announced: SessionHandle | undefined;
  private visible = true;
  private disposed = false;

  constructor(memory: WindowMemory, read: (dir: string, script: string | undefined) => SessionReader) {
    this.memory = memory;
    this.read = read;
  }

  /** Called with a session that was updated or has failed; with `undefined` when sessions were added, removed or made current. */
  onDidChange(listener: (session: KnownSession | undefined) => void): Disposable {
    return this.changes.on(listener);
  }

  onDidChangeCurrent(listener: (session: SessionHandle | undefined) => void): Disposable {
    return this.currentChanges.on(listener);
  }

  list(): readonly KnownSession[] {
    return [...this.entries.values()];
  }

  known(dir: string): KnownSession | undefined {
    return this.entries.get(path.resolve(dir));
  }

  current(): SessionHandle | undefined {
    return this.currentDir === undefined ? undefined : this.get(this.currentDir);
  }

  get(dir: string): SessionHandle | undefined {
    const entry = this.entries.get(path.resolve(dir));
    return entry?.reader && entry;
  }

  /** Shows a session that is about to start. Its trace is read as soon as there is one: {@link open}. */
  announce(dir: string, name: string, script: string | undefined, run?: RunRecord): void {
    this.add(dir, name, script, true).run = run;
    this.currentDir = dir;
    this.changed(undefined);
  }

  async open(dir: string): Promise<SessionHandle> {
    const at = path.resolve(dir);
    const entry = this.entries.get(at) ?? this.add(at, traceName(at), undefined, false);
    entry.opening ??= this.start(entry);
    try {
      const handle = await entry.opening;
      this.makeCurrent(at);
      return handle;
    } catch (error) {
      entry.opening = undefined;
      // A session that runs here keeps its place and shows the problem; a folder that holds no trace does not.
      if (!entry.followed) this.close(at);
      throw error;
    }
  }

  makeCurrent(dir: string): void {
    if (!this.entries.has(dir)) return;
    this.currentDir = dir;
    this.changed(undefined);
  }

  /** Says why a session can't be shown. */
  fail(dir: string, problem: string): void {
    const entry = this.entries.get(dir);
    if (!entry || entry.reader?.lastUpdate) return;
    entry.problem = problem;
    this.changed(entry);
  }

  close(dir: string): void {
    const entry = this.entries.get(dir);
    if (!entry) return;
    this.entries.delete(dir);
    entry.reader?.dispose();
    if (this.currentDir === dir) this.currentDir = [...this.entries.keys()].at(-1);
    this.changed(undefined);
  }

  closeEnded(): void {
    for (const { dir, live } of this.list()) if (!live) this.close(dir);
  }

  /** Opens the sessions that ran when the window was closed. Those that can't be read are forgotten. */
  async restore(): Promise<void> {
    const records = restoreRecords(this.memory).filter(({ live, dir }) => live && isFolder(dir));
    await Promise.allSettled(
      records.map(async ({ dir, name, script, notified, run }) => {
        const entry = this.add(dir, name, script, true);
        if (isRunRecord(run)) entry.run = run;
        for (const id of notified) entry.notified.add(id);
        await this.open(dir).catch(() => this.close(dir));
      }),
    );
    this.store();
  }

  /** Is this finding to be told? Once each, over reloads too. */
  claimNotification(dir: string, finding: string): boolean {
    const entry = this.entries.get(dir);
    if (!entry?.followed || entry.notified.has(finding)) return false;
    entry.notified.add(finding);
    this.store();
    return true;
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    for (const entry of this.entries.values()) entry.reader?.setVisible(visible);
  }

  dispose(): void {
    this.disposed = true;
    for (const entry of this.entries.values()) entry.reader?.dispose();
    this.entries.clear();
    this.changes.dispose();
    this.currentChanges.dispose();
  }

  private add(dir: string, name: string, script: string | undefined, followed: boolean): SessionEntry {
    const known = this.entries.get(dir);
    if (known) return known;
    const entry = new SessionEntry(dir, name, script, followed);
    this.entries.set(dir, entry);
    return entry;
  }

  private async start(entry: SessionEntry): Promise<SessionHandle> {
    if (!isFolder(entry.dir)) throw new Error(l10n.t('{0} is not a folder with a trace.', entry.dir));
    const reader = this.read(entry.dir, entry.script);
    entry.reader = reader;
    entry.problem = '';
    reader.onFailure((message) => {
      entry.problem = message;
      this.changed(entry);
    });
    let wasLive: boolean | undefined;
    reader.onUpdate(({ live }) => {
      if (live && wasLive === undefined) entry.followed = true;
      if (live !== wasLive) this.store();
      wasLive = live;
      this.changed(entry);
    });
    if (!this.visible) reader.setVisible(false);
    try {
      await reader.opened();
      return entry;
    } catch (error) {
      reader.dispose();
      entry.reader = undefined;
      throw error;
    }
  }

  private changed(entry: SessionEntry | undefined): void {
    if (this.disposed) return;
    if (entry === undefined) this.store();
    this.changes.fire(entry);
    const now = this.current();
    if (now !== this.announced) {
      this.announced = now;
      this.currentChanges.fire(now);
    }
  }

  private store(): void {
    if (this.disposed) return;
    const records = this.list().map((session): SessionRecord => {
      const { dir, name, script, live, run } = session;
      const notified = [...(this.entries.get(dir)?.notified ?? [])];
      return {
        dir,
        name,
        live,
        notified,
        ...(script === undefined ? {} : { script }),
        ...(run === undefined ? {} : { run }),
      };
    });
    storeRecords(this.memory, records);
  }
}

function isFolder(dir: string): boolean {
  return statSync(dir, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Name of a trace by its folder: those made here are `<script>.<time>`. */
export function traceName(dir: string): string {
  return path.basename(dir).replace(/\.\d{8}-\d{6}(-\d+)?$/, '');
}
