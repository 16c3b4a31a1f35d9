/** What a window remembers of a session over a reload. */
export interface SessionRecord {
  /** Trace directory. */
  readonly dir: string;
  readonly name: string;
  /** The script, `undefined` for a trace that was opened. */
  readonly script?: string;
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
