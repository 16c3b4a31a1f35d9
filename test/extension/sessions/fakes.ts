import { Emitter } from '../../../src/base/events.ts';
import type { SessionReader } from '../../../src/extension/sessions/entry.ts';
import type { WindowMemory } from '../../../src/extension/sessions/record.ts';
import type { SessionUpdate } from '../../../src/protocol/session.ts';
import { sessionUpdate } from '../../views.ts';

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
  problem: string | undefined;
  lastUpdate: SessionUpdate | undefined;
  disposed = false;
  visible = true;
  private readonly updates = new Emitter<SessionUpdate>();
  private readonly failures = new Emitter<string>();

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
    this.lastUpdate = sessionUpdate({ ...this.lastUpdate, ...change });
    this.updates.fire(this.lastUpdate);
    return this.lastUpdate;
  }
  fail(message: string): void {
    this.problem = message;
    this.failures.fire(message);
  }
}
