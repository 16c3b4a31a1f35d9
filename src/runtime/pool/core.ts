import {
  BOTH,
  type Core,
  checkName,
  coreFields,
  coreOf,
  createCore,
  Handle,
  openFields,
  registerHandle,
} from '../handles.ts';

/** What each worker does now, in its word: nothing, about to take a task, or the task's number. */
export const WORKER = { idle: 0, claiming: -1 } as const;

/** The pool's shared state: one word a worker, so that the parent knows which task a dead worker had. */
export class PoolCore extends Handle {
  constructor(options: { readonly size: number; readonly name: string | undefined }, core?: Core) {
    const shape = { kind: 'pool', words: options.size, waitPoints: 0, waitPointCount: 0 } as const;
    super(core ?? createCore(shape, { name: checkName(options.name), capacity: options.size }), BOTH);
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

registerHandle<PoolCore>(PoolCore.prototype, {
  id: 'pool',
  toWire(pool) {
    const core = coreOf(pool);
    return { fields: coreFields(core), blocks: [core.at] };
  },
  fromWire(fields) {
    const core = openFields(fields, 'pool');
    return new PoolCore({ size: core.info.capacity, name: core.info.name }, core);
  },
});
