import { KIND } from '../../trace/records.ts';
import { guarded, patch, type Shim } from '../shim.ts';
import { ByteFlow, type SumStore } from './flow.ts';
import type { PipeSocket } from './socket.ts';

/** Looks again after a while whether an end has come to a stop. */
export interface StallWatch extends SumStore {
  watch(end: End): void;
}
export interface End {
  /** A pause has passed. False: nothing to look for any more. */
  look(): boolean;
}

/** The reading end. Nothing is ever read for it: it sees what arrives because the program, or Node, reads. */
export class Reader implements End {
  readonly socket: PipeSocket;
  /** Its buffer is full, and nobody takes anything out of it. */
  stopped = false;
  readonly #shim: Shim;
  readonly #flow: ByteFlow;
  #open = true;
  #lookedAt = -1;

  constructor(shim: Shim, socket: PipeSocket, resource: number, watch: StallWatch) {
    this.#shim = shim;
    this.socket = socket;
    this.#flow = new ByteFlow(shim, KIND.receive, resource, watch);
    const received = (chunk: unknown): void => this.#received(chunk);
    patch(
      socket,
      'push',
      (original) =>
        function push(this: unknown, ...args) {
          // Before: the program's listeners run inside.
          guarded(shim, 'stdio', () => received(args[0]));
          const more = Reflect.apply(original, this, args);
          if (more === false) guarded(shim, 'stdio', () => watch.watch(end));
          return more;
        },
    );
    const end = this;
  }

  look(): boolean {
    const { socket } = this;
    const full = socket._handle?.reading === false && socket.readableLength >= socket.readableHighWaterMark;
    if (!this.#open || this.stopped || socket.destroyed || !full) return false;
    const { total, resource } = this.#flow;
    const stands = this.#lookedAt === total;
    this.#lookedAt = total;
    if (!stands) return true;
    this.stopped = true;
    const unread = socket.readableFlowing === null && socket.readableLength === total;
    this.#flow.flush();
    this.#shim.recorder.record(KIND.backpressure, 0, 0, resource, 0, unread ? 1 : 0, socket.readableLength);
    return false;
  }

  /** The program has closed it. */
  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#flow.flush();
    this.#shim.recorder.record(KIND.disconnect, 0, 0, this.#flow.resource);
  }

  #received(chunk: unknown): void {
    if (this.stopped) {
      this.stopped = false;
      this.#shim.recorder.record(KIND.drained, 0, 0, this.#flow.resource);
    }
    if (chunk === null) this.closed();
    else this.#flow.moved(this.#shim.recorder.clock.now(), lengthOf(chunk));
  }
}

/** The writing end. Bytes count when the system is given them. */
export class Writer implements End {
  readonly socket: PipeSocket;
  readonly #shim: Shim;
  readonly #flow: ByteFlow;
  readonly #handle: PipeSocket['_handle'];
  #written: number;
  /** Number of the open wait for room, 0: none. */
  #wait = 0;
  #accepted = -1;
  #open = true;

  constructor(shim: Shim, socket: PipeSocket, resource: number, watch: StallWatch) {
    this.#shim = shim;
    this.socket = socket;
    this.#handle = socket._handle;
    this.#written = this.#handle?.bytesWritten ?? 0;
    this.#flow = new ByteFlow(shim, KIND.send, resource, watch);
    for (const name of ['_write', '_writev']) this.#patch(name, watch);
  }

  get stalled(): boolean {
    return this.#wait !== 0;
  }

  #patch(name: string, watch: StallWatch): void {
    const { clock } = this.#shim.recorder;
    const shim = this.#shim;
    const end = this;
    patch(
      this.socket,
      name,
      (original) =>
        function write(this: unknown, ...args) {
          const time = clock.now();
          const result = Reflect.apply(original, this, args);
          guarded(shim, 'stdio', () => end.#wrote(time, watch, write));
          return result;
        },
    );
  }

  #wrote(time: number, watch: StallWatch, skip: (...args: never[]) => unknown): void {
    const all = this.#handle?.bytesWritten ?? 0;
    const bytes = all - this.#written;
    if (bytes > 0) {
      this.#written = all;
      this.#flow.moved(time, bytes, skip);
    }
    // The system has not taken all of it: that may be the begin of a stop.
    if (this.socket.writableLength > 0) watch.watch(this);
  }

  look(): boolean {
    const { socket } = this;
    const pending = socket._handle && !socket.destroyed ? socket.writableLength : 0;
    const accepted = pending > 0 ? this.#written - (this.#handle?.writeQueueSize ?? 0) : -1;
    const stands = pending > 0 && accepted === this.#accepted;
    this.#accepted = accepted;
    if (!stands) this.#moves();
    else if (this.#wait === 0) this.#stands(pending);
    return pending > 0;
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#moves();
    this.#flow.flush();
    this.#shim.recorder.record(KIND.disconnect, 0, 0, this.#flow.resource);
  }

  #stands(pending: number): void {
    const { recorder } = this.#shim;
    const { resource, site } = this.#flow;
    this.#flow.flush();
    this.#wait = recorder.newWait();
    recorder.record(KIND.waitSend, 0, 0, resource, site, this.#wait, 0);
    recorder.record(KIND.backpressure, 0, 0, resource, site, 0, Math.min(pending, 0xffffffff));
  }

  #moves(): void {
    if (this.#wait === 0) return;
    const { recorder } = this.#shim;
    const { resource } = this.#flow;
    recorder.record(KIND.waitEnd, 0, 0, resource, 0, this.#wait, 0);
    recorder.record(KIND.drained, 0, 0, resource);
    this.#wait = 0;
  }
}

function lengthOf(chunk: unknown): number {
  if (chunk instanceof Uint8Array) return chunk.byteLength;
  return typeof chunk === 'string' ? Buffer.byteLength(chunk) : 0;
}
