import { Emitter } from '../../../src/base/events.ts';
import type { WindowMemory } from '../../../src/extension/sessions/record.ts';
import type { SessionReader } from '../../../src/extension/sessions/sessions.ts';
import type { Finding } from '../../../src/model/types/index.ts';
import type { SessionUpdate } from '../../../src/protocol/session.ts';

/** What outlives a window. */
export class FakeMemory implements WindowMemory {
  private readonly values = new Map<string, unknown>();
  get<T>(key: string): T | undefined {
    return this.values.get(key) as T | undefined;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, structuredClone(value));
  }
}

/** A reader whose trace is what the test says. */
export class FakeReader implements SessionReader {
  readonly dir: string;
  readonly name: string;
  problem: string | undefined;
  lastUpdate: SessionUpdate | undefined;
  disposed = false;
  visible = true;
  private readonly updates = new Emitter<SessionUpdate>();
  private readonly failures = new Emitter<string>();

  constructor(dir: string, name: string) {
    this.dir = dir;
    this.name = name;
  }
  onUpdate = this.updates.on;
  onFailure = this.failures.on;
  opened(): Promise<SessionUpdate> {
    if (this.problem !== undefined) return Promise.reject(new Error(this.problem));
    return Promise.resolve(this.lastUpdate ?? this.tell({}));
  }
  query(): Promise<never> {
    return Promise.reject(new Error('not asked here'));
  }
  setVisible(visible: boolean): void {
    this.visible = visible;
  }
  dispose(): void {
    this.disposed = true;
  }
  tell(change: Partial<SessionUpdate>): SessionUpdate {
    const loss = { exact: true, dropped: 0, damaged: 0, problems: [] };
    const findings: readonly Finding[] = [];
    const plain = { revision: 1, changed: null, live: true, lastTime: 0, wallClock: 0, findings, loss };
    this.lastUpdate = { ...plain, ...this.lastUpdate, ...change };
    this.updates.fire(this.lastUpdate);
    return this.lastUpdate;
  }
  fail(message: string): void {
    this.problem = message;
    this.failures.fire(message);
  }
}
