import type { Disposable } from '../../base/disposables.ts';
import { Emitter } from '../../base/events.ts';
import type { WindowMemory } from '../sessions/record.ts';
import type { ContextKey } from '../workbench/contributions.ts';
import { type Arrangement, isFiltered, restoreArrangement } from './arrangement.ts';

const KEY = 'arrangement';

/** How the tree is arranged now. Remembered for the workspace, and told to `when` clauses. */
export class Arranging implements Disposable {
  private readonly memory: WindowMemory;
  private readonly setContext: (key: ContextKey, value: boolean) => void;
  private readonly changes = new Emitter<void>();
  private now: Arrangement;

  constructor(memory: WindowMemory, setContext: (key: ContextKey, value: boolean) => void) {
    this.memory = memory;
    this.setContext = setContext;
    this.now = restoreArrangement(memory.get<unknown>(KEY));
    this.tell();
  }

  get arrangement(): Arrangement {
    return this.now;
  }

  onDidChange(listener: () => void): Disposable {
    return this.changes.on(listener);
  }

  change(change: Partial<Arrangement>): void {
    this.now = { ...this.now, ...change };
    void this.memory.update(KEY, this.now);
    this.tell();
    this.changes.fire();
  }

  dispose(): void {
    this.changes.dispose();
  }

  private tell(): void {
    this.setContext('forkscope.filtered', isFiltered(this.now));
    this.setContext('forkscope.hidesEnded', this.now.hideEnded);
    this.setContext('forkscope.groups', this.now.group);
  }
}
