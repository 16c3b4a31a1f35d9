/**
 * A track's slices as append-only columns. A slice lasts until the next one starts; the last one is open.
 * Times are rounded to whole ns, so that sums of durations are exact (below 2^53 ns, 104 days) and a tile made from prefix
 * sums equals a full scan to the last bit.
 */
export const STATE_COUNT = 10;
/** Column of the sums for the time in which the whole thread stood still in a synchronous wait, which counts for its state as well. */
export const STILL = STATE_COUNT;
/** Columns of the sums. */
export const SUM_COUNT = STATE_COUNT + 1;
/** Slices between two rows of prefix sums. */
export const BLOCK = 32;
const FIRST_CAPACITY = 16;

export class Track {
  length = 0;
  starts = new Float64Array(FIRST_CAPACITY);
  states = new Uint8Array(FIRST_CAPACITY);
  /** Index of the resource + 1, 0: none. */
  resources = new Uint32Array(FIRST_CAPACITY);
  /** Reference of the call site (see `SiteTable`). */
  sites = new Uint32Array(FIRST_CAPACITY);
  /** 1: the whole thread stands still. */
  stills = new Uint8Array(FIRST_CAPACITY);
  /** For each block: ns in each state, and ns still, before the block's first slice. */
  prefix = new Float64Array(SUM_COUNT);
  /** For each block: slices of each state before the block. */
  counts = new Uint32Array(STATE_COUNT);
  private readonly totals = new Float64Array(SUM_COUNT);

  /** The state from `time` on. A time before the last slice counts as the last slice's (late records cannot rewrite the past). */
  push(time: number, state: number, resource: number, site: number, still = 0): void {
    const last = this.length - 1;
    let at = Math.round(time);
    if (last >= 0) {
      if (this.equals(last, state, resource, site, still)) return;
      const start = this.starts[last] as number;
      if (at <= start) {
        this.replace(last, state, resource, site, still);
        return;
      }
      this.totals[this.states[last] as number]! += at - start;
      if (this.stills[last] === 1) this.totals[STILL]! += at - start;
    } else if (!(at >= 0)) {
      at = 0;
    }
    const index = this.length;
    if (index === this.starts.length) this.grow();
    if (index % BLOCK === 0) this.writePrefix(index / BLOCK);
    this.starts[index] = at;
    this.replace(index, state, resource, site, still);
    this.length = index + 1;
  }

  /** Index of the slice at `time`, -1 before the first. `from`: a slice that starts at `time` or before. */
  indexAt(time: number, from = 0): number {
    let low = from;
    let high = this.length;
    for (let step = 64; low + step < high; step *= 4) {
      if ((this.starts[low + step] as number) > time) high = low + step;
      else low += step;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Adds to `out` the ns in each state, and still, from the track's begin to `time`, which lies in the slice `index`. */
  sumTo(index: number, time: number, out: Float64Array): void {
    const block = Math.floor(index / BLOCK);
    for (let s = 0; s < SUM_COUNT; s++) out[s]! += this.prefix[block * SUM_COUNT + s] as number;
    for (let i = block * BLOCK; i < index; i++)
      this.addTo(out, i, (this.starts[i + 1] as number) - (this.starts[i] as number));
    this.addTo(out, index, time - (this.starts[index] as number));
  }

  /** Adds `ns` of the slice `index` to the sums. */
  addTo(out: Float64Array, index: number, ns: number): void {
    out[this.states[index] as number]! += ns;
    if (this.stills[index] === 1) out[STILL]! += ns;
  }

  /** Adds to `out` the number of slices of each state before the slice `index`. */
  countTo(index: number, out: Float64Array): void {
    const block = Math.floor(index / BLOCK);
    if (block * STATE_COUNT < this.counts.length && block * BLOCK < this.length) {
      for (let s = 0; s < STATE_COUNT; s++) out[s]! += this.counts[block * STATE_COUNT + s] as number;
      for (let i = block * BLOCK; i < index; i++) out[this.states[i] as number]! += 1;
      return;
    }
    // `index` is the length, at the begin of a block that has no row yet.
    const last = Math.max(0, block - 1);
    for (let s = 0; s < STATE_COUNT; s++) out[s]! += this.counts[last * STATE_COUNT + s] as number;
    for (let i = last * BLOCK; i < index; i++) out[this.states[i] as number]! += 1;
  }

  private equals(index: number, state: number, resource: number, site: number, still: number): boolean {
    return (
      this.states[index] === state &&
      this.resources[index] === resource &&
      this.sites[index] === site &&
      this.stills[index] === still
    );
  }

  private replace(index: number, state: number, resource: number, site: number, still: number): void {
    this.stills[index] = still;
    this.states[index] = state;
    this.resources[index] = resource;
    this.sites[index] = site;
  }

  private writePrefix(block: number): void {
    const sums = block * SUM_COUNT;
    if (sums + SUM_COUNT > this.prefix.length) {
      const capacity = Math.max(sums + SUM_COUNT, nextCapacity(this.prefix.length));
      this.prefix = enlarge(this.prefix, new Float64Array(capacity));
    }
    this.prefix.set(this.totals, sums);
    const offset = block * STATE_COUNT;
    if (offset + STATE_COUNT > this.counts.length) {
      const capacity = Math.max(offset + STATE_COUNT, nextCapacity(this.counts.length));
      this.counts = enlarge(this.counts, new Uint32Array(capacity));
    }
    if (block === 0) return;
    for (let s = 0; s < STATE_COUNT; s++)
      this.counts[offset + s] = this.counts[offset - STATE_COUNT + s] as number;
    for (let i = (block - 1) * BLOCK; i < block * BLOCK; i++)
      this.counts[offset + (this.states[i] as number)]! += 1;
  }

  private grow(): void {
    const capacity = nextCapacity(this.starts.length);
    this.starts = enlarge(this.starts, new Float64Array(capacity));
    this.states = enlarge(this.states, new Uint8Array(capacity));
    this.stills = enlarge(this.stills, new Uint8Array(capacity));
    this.resources = enlarge(this.resources, new Uint32Array(capacity));
    this.sites = enlarge(this.sites, new Uint32Array(capacity));
  }
}

/** Where nobody looks at slices: keeps none. */
export class NoTrack extends Track {
  override push(): void {}
}

/** Doubles while small, then grows by a quarter: copying stays amortised and little memory lies idle. */
export function nextCapacity(capacity: number): number {
  return capacity < 65_536 ? capacity * 2 : Math.ceil(capacity * 1.25);
}

export function enlarge<T extends ArrayLike<number> & { set(from: ArrayLike<number>): void }>(
  from: T,
  to: T,
): T {
  to.set(from);
  return to;
}
