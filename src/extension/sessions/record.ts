/** A command that is run in place of a script. */
export interface CommandRecord {
  readonly command: string;
  readonly cwd: string;
}

/** With what a script was run, beside its path: enough to run it again as it was. */
export interface RunRecord {
  readonly args: readonly string[];
  /** Executable of its Node. */
  readonly runtime: string;
  /** `undefined`: the script. */
  readonly of?: CommandRecord;
}

/** What a window remembers of a session over a reload. */
export interface SessionRecord {
  /** Trace directory. */
  readonly dir: string;
  readonly name: string;
  /** The script, `undefined` for a trace that was opened. */
  readonly script?: string;
  /** Of a session that was run here in a terminal. */
  readonly run?: RunRecord;
  /** It ran when it was written down: then it is opened again after a reload. */
  readonly live: boolean;
  /** Findings that were notified: once each. */
  readonly notified: readonly string[];
}

/** The part of VS Code's `Memento` that is used. */
export interface WindowMemory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): Thenable<void>;
}

const KEY = 'sessions';

/** The stored records. An older version may have stored another shape: what is no `SessionRecord` is left out. */
export function restoreRecords(memory: WindowMemory): SessionRecord[] {
  const stored = memory.get<unknown>(KEY);
  return Array.isArray(stored) ? stored.filter(isRecord) : [];
}

/** An older version may have stored another shape. */
export function isRunRecord(value: unknown): value is RunRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'args' in value &&
    Array.isArray(value.args) &&
    value.args.every((arg) => typeof arg === 'string') &&
    'runtime' in value &&
    typeof value.runtime === 'string' &&
    (!('of' in value) || isCommandRecord(value.of))
  );
}

function isCommandRecord(value: unknown): value is CommandRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'command' in value &&
    typeof value.command === 'string' &&
    'cwd' in value &&
    typeof value.cwd === 'string'
  );
}

export function storeRecords(memory: WindowMemory, records: readonly SessionRecord[]): void {
  void memory.update(KEY, records);
}

function isRecord(value: unknown): value is SessionRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dir' in value &&
    typeof value.dir === 'string' &&
    'name' in value &&
    typeof value.name === 'string' &&
    'live' in value &&
    typeof value.live === 'boolean' &&
    'notified' in value &&
    Array.isArray(value.notified)
  );
}
