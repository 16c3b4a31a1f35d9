import { BLOCK } from '../../../shm/layout.ts';
import { checkName, Handle, registerSingle } from '../../core/handles/handle.ts';
import { BOTH, createResource, type HeldResource } from '../../core/handles/held-resource.ts';
import { FunctionTable } from './functions.ts';

/** What each worker does now, in its word: nothing, about to take a task, or the task's number. */
export const WORKER = { idle: 0, claiming: -1 } as const;

/** The pool's shared state: one word a worker, so that the parent knows which task a dead worker had; and its functions. */
export class PoolHandle extends Handle {
  readonly functions: FunctionTable;

  constructor(
    options: { readonly size: number; readonly name: string | undefined },
    resource?: HeldResource,
  ) {
    const own = resource ?? create(options.size, checkName(options.name));
    super(own, BOTH);
    const extent = (own.memory.words[own.at + BLOCK.extentA] ?? 1) - 1;
    this.functions = new FunctionTable(own.memory, extent);
  }

  /** Number of seats. */
  get size(): number {
    return this.resource.info.capacity;
  }

  /** What the worker in `seat` does: see {@link WORKER}. */
  get(seat: number): number {
    const { resource } = this;
    return Atomics.load(resource.memory.words, resource.content + seat);
  }

  set(seat: number, state: number): void {
    const { resource } = this;
    Atomics.store(resource.memory.words, resource.content + seat, state);
  }
}

function create(size: number, name: string | undefined): HeldResource {
  const shape = { kind: 'pool', words: size, waitPoints: 0, waitPointCount: 0 } as const;
  return createResource(shape, { name, capacity: size }, (content, memory) => {
    memory.words[content - BLOCK.content + BLOCK.extentA] = FunctionTable.allocate(memory) + 1;
  });
}

registerSingle<PoolHandle>(PoolHandle.prototype, 'pool', (resource) => {
  return new PoolHandle({ size: resource.info.capacity, name: resource.info.name }, resource);
});
