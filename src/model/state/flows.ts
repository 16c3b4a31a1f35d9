import { enlarge, nextCapacity } from './track.ts';

const FAN = 4;

/**
 * All paired messages as columns, in the order of pairing, with a tournament pyramid above them: a node knows the earliest
 * send, the latest receive and the slowest flow below it, so that the slowest arrows of a range are found without a scan.
 */
export class FlowIndex {
  length = 0;
  sends = new Float64Array(64);
  receives = new Float64Array(64);
  resources = new Uint32Array(64);
  from = new Uint32Array(64);
  to = new Uint32Array(64);
  positions = new Uint32Array(64);
  bytes = new Uint32Array(64);
  private readonly levels: Level[] = [];

  push(
    resource: number,
    n: number,
    from: number,
    send: number,
    to: number,
    receive: number,
    bytes: number,
  ): void {
    if (this.length === this.sends.length) this.grow();
    const i = this.length++;
    this.sends[i] = send;
    this.receives[i] = receive;
    this.resources[i] = resource;
    this.from[i] = from;
    this.to[i] = to;
    this.positions[i] = n;
    this.bytes[i] = bytes;
    this.raise(i, Math.min(send, receive), Math.max(send, receive));
  }

  latency(i: number): number {
    return (this.receives[i] as number) - (this.sends[i] as number);
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
      const send = this.sends[node] as number;
      const receive = this.receives[node] as number;
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
  private raise(row: number, first: number, last: number): void {
    const latency = this.latency(row);
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
        const send = this.sends[i] as number;
        const receive = this.receives[i] as number;
        made.add(parent, Math.min(send, receive), Math.max(send, receive), receive - send);
      }
    }
    return made;
  }

  private grow(): void {
    const capacity = nextCapacity(this.sends.length);
    this.sends = enlarge(this.sends, new Float64Array(capacity));
    this.receives = enlarge(this.receives, new Float64Array(capacity));
    this.resources = enlarge(this.resources, new Uint32Array(capacity));
    this.from = enlarge(this.from, new Uint32Array(capacity));
    this.to = enlarge(this.to, new Uint32Array(capacity));
    this.positions = enlarge(this.positions, new Uint32Array(capacity));
    this.bytes = enlarge(this.bytes, new Uint32Array(capacity));
  }
}

/** Where nobody looks at arrows: keeps none. */
export class NoFlows extends FlowIndex {
  override push(): void {}
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
