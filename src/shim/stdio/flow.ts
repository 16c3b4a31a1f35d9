import type { Bytes, Ns, ResourceId, SiteId } from '../../base/quantities.ts';
import { FLAG } from '../../trace/format/records.ts';
import type { Shim } from '../context/shim.ts';
import { Sampler } from '../sites/sampler.ts';

/** Most bytes of one record, whose `value` has 32 bits. */
const MOST_VALUE = 2 ** 31;

type Skip = (...args: never[]) => unknown;

/** One end of a pipe, as the timers that the pipes share see it. */
export interface End {
  /** Called 2 ms after the first chunk after a pause, and again. False: nothing has moved meanwhile, and it need not be called again. */
  tick(): boolean;
  /** Records the bytes that are only counted so far. */
  flush(): void;
  /** Called 100 ms later, to see whether the end has come to a stop, and again. False: there is nothing to look for any more. */
  look(): boolean;
}
export interface Timers {
  /** Calls `tick` of the end in 2 ms, and again until it returns false. */
  open(end: End): void;
  /** Calls `look` of the end in 100 ms, and again until it returns false. */
  watch(end: End): void;
}

/**
 * The bytes that go through one end of a pipe. The first chunk after a pause is a record of its own, with its own time and
 * place; what follows within moments is summed up, so that a loop of small chunks costs next to nothing.
 */
export class ByteFlow {
  readonly resource: ResourceId;
  readonly #shim: Shim;
  readonly #direction: 'send' | 'receive';
  readonly #sampler: Sampler;
  /** Bytes that are recorded. */
  #total = 0;
  #sum = 0;

  constructor(shim: Shim, direction: 'send' | 'receive', resource: ResourceId) {
    this.#shim = shim;
    this.#direction = direction;
    this.resource = resource;
    this.#sampler = new Sampler(shim.session.options.callSites);
  }

  get total(): number {
    return this.#total + this.#sum;
  }
  /** The last call site that was seen, 0: none. */
  get site(): SiteId {
    return this.#sampler.site;
  }

  /** The first chunk after a pause. `skip`: the shim's function that the program called to send the chunk. */
  first(time: Ns, bytes: Bytes, skip?: Skip): void {
    this.#record(time, bytes, skip === undefined ? 0 : this.#look(time, skip));
  }

  /** Counts a chunk that follows. */
  add(bytes: Bytes): void {
    this.#sum += bytes;
  }

  /** Records the sum of the counted chunks. False: there are none. */
  flush(): boolean {
    const bytes = this.#sum;
    if (bytes === 0) return false;
    this.#sum = 0;
    const flags = this.site === 0 ? FLAG.summed : FLAG.summed | FLAG.sampledSite;
    this.#record(this.#shim.recorder.clock.now(), bytes, flags);
    return true;
  }

  /** Takes the call site if it is this one's turn. Returns the flag that says that it was not. */
  #look(time: Ns, skip: Skip): number {
    const before = this.site;
    const flags = this.#shim.sites.sample(this.#sampler, time, skip);
    if (this.site !== 0) return flags;
    // What the stream had buffered goes out later, without a line of the program on the stack.
    this.#sampler.site = before;
    return FLAG.sampledSite;
  }

  #record(time: Ns, bytes: Bytes, flags: number): void {
    const { recorder } = this.#shim;
    for (let left = bytes; left > 0; left -= MOST_VALUE) {
      const value = Math.min(left, MOST_VALUE);
      this.#total += value;
      const position = this.#total % 2 ** 32;
      recorder[this.#direction](time, this.resource, this.site, flags, position, value);
    }
  }
}

/** Replaces a method of one stream. A listener could be seen by the program, and would make the stream flow. */
export function override(stream: object, name: string, method: Skip): void {
  Object.defineProperty(stream, name, {
    value: method,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}
