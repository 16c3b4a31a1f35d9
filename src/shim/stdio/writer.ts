import type { Ns, ResourceId, WaitNumber } from '../../base/quantities.ts';
import type { Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import type { Unwritten } from '../sources/book.ts';
import { ByteFlow, type End, override, type Timers } from './flow.ts';
import type { PipeSocket } from './socket.ts';

/** After so many writes the sum is recorded in the middle of a loop, which may never let the event loop turn. */
const MANY = 10_000;

/** The writing end of a pipe. Its bytes count when Node hands them to the system: Node's handle counts them, and is asked now and then. */
export class Writer implements End {
  readonly socket: PipeSocket;
  readonly #shim: Shim;
  readonly #flow: ByteFlow;
  readonly #timers: Timers;
  readonly #handle: PipeSocket['_handle'];
  /** How many of the bytes that the handle has counted are in the flow. */
  #counted: number;
  #summing = false;
  #writes = 0;
  /** Number of the open wait for room, 0: none. */
  #wait: WaitNumber = 0;
  #accepted = -1;
  #open = true;

  constructor(shim: Shim, socket: PipeSocket, resource: ResourceId, timers: Timers) {
    this.#shim = shim;
    this.socket = socket;
    this.#timers = timers;
    this.#handle = socket._handle;
    this.#counted = this.#handle?.bytesWritten ?? 0;
    this.#flow = new ByteFlow(shim, 'send', resource);
    this.#overrideWrites();
    shim.sources.writers.add(this.#unwritten);
  }

  readonly #unwritten = (): Unwritten => {
    const { resource, site } = this.#flow;
    return { resource, site, bytes: this.#pending() > 0 ? this.#left() : 0 };
  };

  /** The end waits for room. */
  get stalled(): boolean {
    return this.#wait !== 0;
  }

  #overrideWrites(): void {
    const { _write, _writev } = this.socket;
    const end = this;
    override(
      this.socket,
      '_write',
      function write(this: PipeSocket, ...args: [unknown, unknown, unknown]): void {
        if (end.#isSummed()) {
          _write.apply(this, args);
          return;
        }
        const time = end.#shim.recorder.clock.now();
        _write.apply(this, args);
        end.#first(time, write);
      },
    );
    // Not all streams can write several chunks at once.
    if (typeof _writev !== 'function') return;
    override(this.socket, '_writev', function writev(this: PipeSocket, ...args: [unknown, unknown]): void {
      if (end.#isSummed()) {
        _writev.apply(this, args);
        return;
      }
      const time = end.#shim.recorder.clock.now();
      _writev.apply(this, args);
      end.#first(time, writev);
    });
  }

  /** Asked before each write. What is recorded is written first: the reader may kill this process for what it reads. */
  #isSummed(): boolean {
    this.#shim.recorder.flushBeforeMessage();
    if (this.#summing && ++this.#writes > MANY) this.#many();
    return this.#summing;
  }
  #many(): void {
    this.#writes = 0;
    guarded(this.#shim, 'stdio', () => this.flush());
  }

  #first(time: Ns, skip: (...args: never[]) => unknown): void {
    guarded(this.#shim, 'stdio', () => {
      this.#flow.first(time, this.#moved(), skip);
      if (this.#shim.recorder.finished) return;
      this.#summing = true;
      this.#writes = 0;
      this.#timers.open(this);
    });
  }

  /** Bytes that the handle was given since the last call. */
  #moved(): number {
    const all = this.#handle?.bytesWritten ?? 0;
    const moved = Math.max(0, all - this.#counted);
    this.#counted += moved;
    return moved;
  }

  flush(): void {
    this.#flow.add(this.#moved());
    this.#flow.flush();
  }

  tick(): boolean {
    this.#flow.add(this.#moved());
    this.#summing = this.#flow.flush();
    // The system has not taken all bytes: the pipe may be about to stand still.
    if (this.#pending() > 0) this.#timers.watch(this);
    return this.#summing;
  }

  #pending(): number {
    return this.socket._handle && !this.socket.destroyed ? this.socket.writableLength : 0;
  }

  /** Bytes that the program has written, and the system not taken. */
  #left(): number {
    const { bytesWritten = 0, writeQueueSize = 0 } = this.#handle ?? {};
    return Math.max(0, Number(this.socket.bytesWritten ?? 0) - bytesWritten + writeQueueSize);
  }

  look(): boolean {
    const pending = this.#pending();
    const { bytesWritten = 0, writeQueueSize = 0 } = this.#handle ?? {};
    const accepted = pending > 0 ? bytesWritten - writeQueueSize : -1;
    const stands = pending > 0 && accepted === this.#accepted;
    this.#accepted = accepted;
    if (!stands) this.#moves();
    else if (this.#wait === 0) this.#stands(pending);
    return pending > 0;
  }

  /** The program has closed the pipe. */
  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#shim.sources.writers.delete(this.#unwritten);
    this.#moves();
    this.flush();
    this.#shim.recorder.record('disconnect', { resource: this.#flow.resource, ignored: 0 });
  }

  #stands(pending: number): void {
    this.flush();
    const { recorder } = this.#shim;
    const { resource, site } = this.#flow;
    this.#wait = recorder.newWait();
    recorder.record('waitSend', { resource, site, wait: this.#wait });
    recorder.record('backpressure', { resource, site, unread: 0, bytes: Math.min(pending, 0xffffffff) });
  }

  #moves(): void {
    if (this.#wait === 0) return;
    const { recorder } = this.#shim;
    const { resource } = this.#flow;
    recorder.record('waitEnd', { awaited: resource, wait: this.#wait });
    recorder.record('drained', { resource });
    this.#wait = 0;
  }
}
