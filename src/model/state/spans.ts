import type { ChildEntity, PoolTask, ResourceEntity, Wait } from './entities.ts';

/** Rows of a block: blocks never grow, so nothing is copied and little memory lies idle. */
const BLOCK_ROWS = 1 << 12;
/** Numbers of a row. */
const WIDTH = 8;

type Row = readonly [number, number, number, number, number, number, number, number];

/** Rows of eight numbers. */
class Rows {
  length = 0;
  readonly #blocks: Float64Array[] = [];

  push(...row: Row): void {
    const at = this.length++ % BLOCK_ROWS;
    if (at === 0) this.#blocks.push(new Float64Array(BLOCK_ROWS * WIDTH));
    this.#blocks.at(-1)?.set(row, at * WIDTH);
  }

  *[Symbol.iterator](): Generator<Row> {
    for (let row = 0; row < this.length; row++) {
      const at = (row % BLOCK_ROWS) * WIDTH;
      const block = this.#blocks[Math.floor(row / BLOCK_ROWS)] as Float64Array;
      yield Array.from(block.subarray(at, at + WIDTH)) as unknown as Row;
    }
  }
}

/** A wait that has ended; threads and resources by their index, -1: none. */
export interface PastWait extends Pick<Wait, 'kind' | 'child' | 'since' | 'task' | 'sync' | 'site'> {
  readonly thread: number;
  readonly resource: number;
  readonly end: number;
}
/** A task of a pool that has ended, likewise. */
export interface PastTask extends Omit<PoolTask, 'first' | 'by' | 'worker'> {
  readonly pool: number;
  readonly by: number;
  readonly worker: number;
  readonly end: number;
}

/** Every wait and every pool's task that has ended, in the order of their ends: 64 bytes each. */
export class PastSpans {
  readonly #waits = new Rows();
  readonly #tasks = new Rows();
  /** What was waited for, by number from 1. */
  readonly #children: (ChildEntity | null)[] = [null];
  readonly #childNumbers = new Map<ChildEntity | null, number>([[null, 0]]);

  waitEnded({ thread, kind, since, resource, child, site, task, sync }: Wait, end: number): void {
    const of = resource?.index ?? -1;
    this.#waits.push(thread.index, kind, since, end, of, this.#number(child), site, task * 2 + Number(sync));
  }
  /** One whose begin was not told is left out. */
  taskEnded(pool: ResourceEntity, task: PoolTask, end: number): void {
    if (task.worker === null) return;
    const { n, submitted, site, started, by, worker } = task;
    this.#tasks.push(pool.index, n, submitted, site, started, by?.index ?? -1, worker.index, end);
  }

  *waits(): Generator<PastWait> {
    for (const [thread, kind, since, end, resource, child, site, rest] of this.#waits)
      yield {
        ...{ thread, kind: kind as Wait['kind'], since, end, resource, site },
        ...{ child: this.#children[child] ?? null, task: rest >> 1, sync: (rest & 1) === 1 },
      };
  }
  *tasks(): Generator<PastTask> {
    for (const [pool, n, submitted, site, started, by, worker, end] of this.#tasks)
      yield { pool, n, submitted, site, started, by, worker, end };
  }

  #number(child: ChildEntity | null): number {
    const known = this.#childNumbers.get(child);
    if (known !== undefined) return known;
    const number = this.#children.push(child) - 1;
    this.#childNumbers.set(child, number);
    return number;
  }
}
