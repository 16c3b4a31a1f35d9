import type { ResourceId } from '../../base/quantities.ts';
import type { Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { ByteFlow, type End, override, type Timers } from './flow.ts';
import type { PipeSocket } from './socket.ts';

/** The reading end of a pipe. It never reads: it sees the bytes that arrive because the program, or Node, reads. */
export class Reader implements End {
  readonly socket: PipeSocket;
  /** The buffer is full, and nobody takes anything out of it. */
  stopped = false;
  readonly #shim: Shim;
  readonly #flow: ByteFlow;
  readonly #timers: Timers;
  #summing = false;
  #open = true;
  #lookedAt = -1;

  constructor(shim: Shim, socket: PipeSocket, resource: ResourceId, timers: Timers) {
    this.#shim = shim;
    this.socket = socket;
    this.#timers = timers;
    this.#flow = new ByteFlow(shim, 'receive', resource);
    this.#overridePush();
  }

  #overridePush(): void {
    const { push: original } = this.socket;
    const received = (chunk: unknown): void => {
      guarded(this.#shim, 'stdio', () => this.#received(chunk));
    };
    const full = (): void => {
      guarded(this.#shim, 'stdio', () => this.#timers.watch(this));
    };
    override(
      this.socket,
      'push',
      function push(this: PipeSocket, chunk: unknown, encoding?: unknown): boolean {
        // Before the call, in which the program's listeners run.
        received(chunk);
        const more = original.call(this, chunk, encoding);
        if (more === false) full();
        return more;
      },
    );
  }

  tick(): boolean {
    this.#summing = this.#flow.flush();
    return this.#summing;
  }

  flush(): void {
    this.#flow.flush();
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
    const bytes = socket.readableLength;
    this.#shim.recorder.record('backpressure', { resource, unread: unread ? 1 : 0, bytes });
    return false;
  }

  /** The program has closed the pipe, or the pipe is at its end. */
  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#flow.flush();
    this.#shim.recorder.record('disconnect', { resource: this.#flow.resource, ignored: 0 });
  }

  #received(chunk: unknown): void {
    const { recorder } = this.#shim;
    if (this.stopped) {
      this.stopped = false;
      recorder.record('drained', { resource: this.#flow.resource });
    }
    if (chunk === null) this.closed();
    else if (this.#summing) this.#flow.add(lengthOf(chunk));
    else {
      this.#flow.first(recorder.clock.now(), lengthOf(chunk));
      if (recorder.finished) return;
      this.#summing = true;
      this.#timers.open(this);
    }
  }
}

function lengthOf(chunk: unknown): number {
  if (chunk instanceof Uint8Array) return chunk.byteLength;
  return typeof chunk === 'string' ? Buffer.byteLength(chunk) : 0;
}
