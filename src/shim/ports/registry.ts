/** One end of a channel of ports, as threads tell it to each other. */
export interface EndState {
  /** Number of the channel in its process. */
  readonly channel: number;
  readonly side: 0 | 1;
  /** Messages sent and received at this end so far. */
  readonly sent: number;
  readonly received: number;
}

const ENTRIES = 4096;
/** State, channel and side that carried it, number of the message, index in it, then the end's own four. */
const WORDS = 8;
/** Words before the counters of tickets: number of channels, ports that are under way. */
const CHANNELS = 0;
const UNDER_WAY = 1;
const COUNTERS = 2;
/** Counters of tickets; things whose names fall on the same one share it, and their counts then are lower bounds. */
const TICKETS = 1024;
const HEADER = COUNTERS + TICKETS;
const PROBES = 64;
const FREE = 0;
const BUSY = 1;
const READY = 2;

/**
 * Memory of all traced threads of a process: numbers of channels, tickets of locks, and who the ports are that travel in messages. A port that
 * arrives is known by the message that brought it: (channel, direction, number, index). Nothing is added to the message.
 */
export class PortRegistry {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer((HEADER + ENTRIES * WORDS) * 4)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /** A number for a new channel, from 1. */
  newChannel(): number {
    return Atomics.add(this.#words, CHANNELS, 1) + 1;
  }

  /** The next ticket of the thing with this key, from 1. */
  newTicket(key: string): number {
    let hash = 0;
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
    return Atomics.add(this.#words, COUNTERS + ((hash >>> 0) % TICKETS), 1) + 1;
  }

  /** False: no message can bring a port that {@link take} would know. */
  get hasPorts(): boolean {
    return Atomics.load(this.#words, UNDER_WAY) > 0;
  }

  /** The port at `index` of message `n` of a direction is `end`. False: there is no room, and the port will be a stranger. */
  put(channel: number, side: 0 | 1, n: number, index: number, end: EndState): boolean {
    const words = this.#words;
    for (const at of places(channel, side, n, index)) {
      if (Atomics.compareExchange(words, at, FREE, BUSY) !== FREE) continue;
      words.set([channel * 2 + side, n, index, end.channel, end.side, end.sent, end.received], at + 1);
      Atomics.add(words, UNDER_WAY, 1);
      Atomics.store(words, at, READY);
      return true;
    }
    return false;
  }

  /** What {@link put} stored, once. */
  take(channel: number, side: 0 | 1, n: number, index: number): EndState | undefined {
    const words = this.#words;
    for (const at of places(channel, side, n, index)) {
      if (Atomics.load(words, at) !== READY) continue;
      if (words[at + 1] !== channel * 2 + side || words[at + 2] !== n || words[at + 3] !== index) continue;
      const [own = 0, ownSide, sent = 0, received = 0] = words.subarray(at + 4, at + 8);
      Atomics.sub(words, UNDER_WAY, 1);
      Atomics.store(words, at, FREE);
      return { channel: own, side: ownSide === 1 ? 1 : 0, sent, received };
    }
    return undefined;
  }
}

function* places(channel: number, side: number, n: number, index: number): Iterable<number> {
  const hash = (Math.imul(channel * 2 + side, 0x9e3779b1) ^ Math.imul(n, 0x85ebca6b) ^ index) >>> 0;
  for (let i = 0; i < PROBES; i++) yield HEADER + ((hash + i) % ENTRIES) * WORDS;
}
