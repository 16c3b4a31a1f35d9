import { BLOCK } from '../../../shm/layout.ts';
import { BOTH, type Core, createCore } from '../../core/handles/core.ts';
import { checkName, Handle, registerSingle } from '../../core/handles/handle.ts';
import { FunctionTable } from './functions.ts';

/** What each worker does now, in its word: nothing, about to take a task, or the task's number. */
export const WORKER = { idle: 0, claiming: -1 } as const;

/** The pool's shared state: one word a worker, so that the parent knows which task a dead worker had; and its functions. */
export class PoolCore extends Handle {
  readonly functions: FunctionTable;

  constructor(options: { readonly size: number; readonly name: string | undefined }, core?: Core) {
    const own = core ?? create(options.size, checkName(options.name));
    super(own, BOTH);
    const extent = (own.memory.words[own.at + BLOCK.extentA] ?? 1) - 1;
    this.functions = new FunctionTable(own.memory, extent);
  }

  /** Number of seats. */
  get size(): number {
    return this.core.info.capacity;
  }

  /** What the worker in `seat` does: see {@link WORKER}. */
  get(seat: number): number {
    const { core } = this;
    return Atomics.load(core.memory.words, core.content + seat);
  }

  set(seat: number, state: number): void {
    const { core } = this;
    Atomics.store(core.memory.words, core.content + seat, state);
  }
}

function create(size: number, name: string | undefined): Core {
  const shape = { kind: 'pool', words: size, waitPoints: 0, waitPointCount: 0 } as const;
  return createCore(shape, { name, capacity: size }, (content, memory) => {
    memory.words[content - BLOCK.content + BLOCK.extentA] = FunctionTable.allocate(memory) + 1;
  });
}

registerSingle<PoolCore>(PoolCore.prototype, 'pool', (core) => {
  return new PoolCore({ size: core.info.capacity, name: core.info.name }, core);
});
