import type { Disposable } from '../../base/disposables.ts';
import type { QueryName, SessionHandle, SessionQueries, SessionUpdate } from '../../protocol/session.ts';
import type { RunRecord } from './record.ts';

/** What reads a session's trace: `SessionClient`, or what tests put in its place. */
export interface SessionReader extends Omit<SessionHandle, 'dir' | 'name'>, Disposable {
  readonly problem: string | undefined;
  opened(): Promise<SessionUpdate>;
  onFailure(listener: (message: string) => void): Disposable;
  setVisible(visible: boolean): void;
}

/** One session that this window knows. */
export interface KnownSession {
  readonly dir: string;
  readonly name: string;
  readonly script: string | undefined;
  /** With what the script was run in a terminal; `undefined`: it was not run so, or not here. */
  readonly run: RunRecord | undefined;
  readonly reader: SessionReader | undefined;
  /** Why it can't be shown, or ''. */
  readonly problem: string;
  readonly live: boolean;
  /** Was it started, or found running, by this window? Only then its findings raise notifications. */
  readonly followed: boolean;
}

/** What is kept of a session that this window knows. Whoever shows the session takes its name from here. */
export class SessionEntry implements KnownSession, SessionHandle {
  readonly dir: string;
  readonly script: string | undefined;
  readonly notified = new Set<string>();
  readonly #given: string;
  followed: boolean;
  problem = '';
  run: RunRecord | undefined;
  reader: SessionReader | undefined;
  opening: Promise<SessionHandle> | undefined;

  /** @param given its name as far as this window knows: that of the script, or of the folder */
  constructor(dir: string, given: string, script: string | undefined, followed: boolean) {
    this.dir = dir;
    this.#given = given;
    this.script = script;
    this.followed = followed;
  }

  get name(): string {
    return this.#given;
  }
  get lastUpdate(): SessionUpdate | undefined {
    return this.reader?.lastUpdate;
  }
  get live(): boolean {
    return this.reader ? (this.lastUpdate?.live ?? true) : this.followed && this.problem === '';
  }

  query<Q extends QueryName>(name: Q, args: SessionQueries[Q]['args']): Promise<SessionQueries[Q]['result']> {
    return this.#reading().query(name, args);
  }
  onUpdate(listener: (update: SessionUpdate) => void): Disposable {
    return this.#reading().onUpdate(listener);
  }

  #reading(): SessionReader {
    if (this.reader === undefined) throw new Error(`the trace in ${this.dir} is not open`);
    return this.reader;
  }
}
