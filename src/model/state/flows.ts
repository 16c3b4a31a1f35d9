import { enlarge, nextCapacity } from './track.ts';

/** Rows below a node of the pyramid. */
const FAN = 8;
/** Rows of a block: 2^14, 450 KB. Blocks never grow: no copies, and no memory that lies idle. */
const BLOCK_BITS = 14;
const BLOCK_ROWS = 1 << BLOCK_BITS;
const IN_BLOCK = BLOCK_ROWS - 1;
/** More threads than a trace can have, and few enough that two of their indices are one exact number. */
const MOST_THREADS = 2 ** 26;

/** Which resource, and from which thread to which: indices of the world. There are few of them, and millions of messages. */
export interface Route {
  readonly resource: number;
  readonly from: number;
  readonly to: number;
}

/** One message on its way. Times are ns since the session's origin. */
export interface Flow extends Route {
  readonly send: number;
  readonly receive: number;
  /** The resource's own number of the message. */
  readonly n: number;
  readonly bytes: number;
}

/**
 * All paired messages as columns, in the order of pairing, with a tournament pyramid above them: a node knows the earliest
 * send, the latest receive and the slowest flow below it, so that the slowest arrows of a range are found without a scan.
 * About 32 bytes a message.
 */
export class FlowIndex {
  length = 0;
  private readonly blocks: Block[] = [];
  private readonly routes: Route[] = [];
  /** By the resource, and then by both ends. */
  private readonly routeIds = new Map<number, Map<number, number>>();
  private readonly levels: Level[] = [];

  push({ resource, from, to, send, receive, n, bytes }: Flow): void {
    const row = this.length++;
    const at = row & IN_BLOCK;
    if (at === 0) this.blocks.push(new Block());
    const block = this.block(row);
    block.sends[at] = send;
    block.receives[at] = receive;
    block.routes[at] = this.routeId(resource, from, to);
    block.positions[at] = n;
    block.bytes[at] = bytes;
    this.raise(row, Math.min(send, receive), Math.max(send, receive), receive - send);
  }

  at(row: number): Flow {
    const block = this.block(row);
    const at = row & IN_BLOCK;
    const { resource, from, to } = this.route(row);
    return {
      resource,
      from,
      to,
      send: block.sends[at]!,
      receive: block.receives[at]!,
      n: block.positions[at]!,
      bytes: block.bytes[at]!,
    };
  }

  route(row: number): Route {
    return this.routes[this.block(row).routes[row & IN_BLOCK]!]!;
  }

  /** Rows that touch the range, slowest first, at most `limit`; `accept` filters (rows that it refuses cost time). */
  slowest(start: number, end: number, limit: number, accept: (row: number) => boolean): number[] {
    const rows: number[] = [];
    if (this.length === 0 || limit <= 0) return rows;
    const heap = new Heap();
    const top = this.levels.length;
    const roots = top === 0 ? this.length : (this.levels[top - 1] as Level).length;
    for (let node = 0; node < roots; node++) this.offer(heap, top, node, start, end);
    while (rows.length < limit) {
      const next = heap.pop();
      if (next === undefined) break;
      if (next.level === 0) {
        if (accept(next.node)) rows.push(next.node);
        continue;
      }
      const below = next.level === 1 ? this.length : (this.levels[next.level - 2] as Level).length;
      const last = Math.min(below, (next.node + 1) * FAN);
      for (let node = next.node * FAN; node < last; node++)
        this.offer(heap, next.level - 1, node, start, end);
    }
    return rows;
  }

  private offer(heap: Heap, level: number, node: number, start: number, end: number): void {
    if (level === 0) {
      const { sends, receives } = this.block(node);
      const send = sends[node & IN_BLOCK]!;
      const receive = receives[node & IN_BLOCK]!;
      if (Math.min(send, receive) < end && Math.max(send, receive) >= start)
        heap.push({ level, node, key: receive - send });
      return;
    }
    const at = this.levels[level - 1] as Level;
    if ((at.first[node] as number) < end && (at.last[node] as number) >= start) {
      heap.push({ level, node, key: at.slowest[node] as number });
    }
  }

  /** Carries a new row up. A level is made when the one below has more than {@link FAN} nodes. */
  private raise(row: number, first: number, last: number, latency: number): void {
    let node = row;
    for (let level = 0; ; level++) {
      const parent = Math.floor(node / FAN);
      if (level === this.levels.length) {
        if (parent === 0) return;
        this.levels.push(this.rebuild(level));
      }
      (this.levels[level] as Level).add(parent, first, last, latency);
      node = parent;
    }
  }

  private rebuild(level: number): Level {
    const made = new Level();
    const below = level === 0 ? null : (this.levels[level - 1] as Level);
    const count = below === null ? this.length : below.length;
    for (let i = 0; i < count; i++) {
      const parent = Math.floor(i / FAN);
      if (below !== null) {
        made.add(parent, below.first[i] as number, below.last[i] as number, below.slowest[i] as number);
      } else {
        const { sends, receives } = this.block(i);
        const send = sends[i & IN_BLOCK]!;
        const receive = receives[i & IN_BLOCK]!;
        made.add(parent, Math.min(send, receive), Math.max(send, receive), receive - send);
      }
    }
    return made;
  }

  private block(row: number): Block {
    return this.blocks[row >>> BLOCK_BITS]!;
  }

  private routeId(resource: number, from: number, to: number): number {
    let ofResource = this.routeIds.get(resource);
    if (ofResource === undefined) {
      ofResource = new Map();
      this.routeIds.set(resource, ofResource);
    }
    const ends = from * MOST_THREADS + to;
    let id = ofResource.get(ends);
    if (id === undefined) {
      id = this.routes.push({ resource, from, to }) - 1;
      ofResource.set(ends, id);
    }
    return id;
  }
}

/** Where nobody looks at arrows: keeps none. */
export class NoFlows extends FlowIndex {
  override push(): void {}
}

class Block {
  readonly sends = new Float64Array(BLOCK_ROWS);
  readonly receives = new Float64Array(BLOCK_ROWS);
  /** Index of its {@link Route}. */
  readonly routes = new Uint32Array(BLOCK_ROWS);
  readonly positions = new Uint32Array(BLOCK_ROWS);
  readonly bytes = new Uint32Array(BLOCK_ROWS);
}

class Level {
  length = 0;
  first = new Float64Array(16);
  last = new Float64Array(16);
  slowest = new Float64Array(16);

  add(node: number, first: number, last: number, latency: number): void {
    if (node >= this.first.length) {
      const capacity = nextCapacity(this.first.length);
      this.first = enlarge(this.first, new Float64Array(capacity));
      this.last = enlarge(this.last, new Float64Array(capacity));
      this.slowest = enlarge(this.slowest, new Float64Array(capacity));
    }
    if (node === this.length) {
      this.length++;
      this.first[node] = first;
      this.last[node] = last;
      this.slowest[node] = latency;
      return;
    }
    if (first < (this.first[node] as number)) this.first[node] = first;
    if (last > (this.last[node] as number)) this.last[node] = last;
    if (latency > (this.slowest[node] as number)) this.slowest[node] = latency;
  }
}

interface Entry {
  readonly level: number;
  readonly node: number;
  readonly key: number;
}

/** A binary max-heap by `key`. */
class Heap {
  private readonly items: Entry[] = [];

  push(entry: Entry): void {
    const items = this.items;
    let i = items.length;
    items.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((items[parent] as Entry).key >= entry.key) break;
      items[i] = items[parent] as Entry;
      i = parent;
    }
    items[i] = entry;
  }

  pop(): Entry | undefined {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] as Entry).key > (items[child] as Entry).key) child++;
      if ((items[child] as Entry).key <= last.key) break;
      items[i] = items[child] as Entry;
      i = child;
    }
    items[i] = last;
    return top;
  }
}
