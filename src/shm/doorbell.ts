import * as fs from 'node:fs';
import net from 'node:net';
import { OWN_HANDLE, OWN_TURNS, type OwnTurns } from '../base/environment.ts';
import { SLOT, type SlotIndex } from './layout.ts';
import type { Session } from './session.ts';
import type { Slots } from './slots.ts';

const OPEN_PEERS = 64;
const RING = new Uint8Array([1]);

/**
 * Wakes event loops. Each thread that waits asynchronously has one pipe, read by its loop; others write a byte to it.
 * The socket is ref'd exactly while waits pend that shall keep the program alive: unref'd, the program would silently end; else it would never end.
 */
export class Doorbell {
  readonly #session: Session;
  readonly #slots: Slots;
  readonly #slot: SlotIndex;
  readonly #onRing: () => void;
  #socket: net.Socket | undefined;
  #retry: NodeJS.Timeout | undefined;
  readonly #turns: OwnTurns = { count: 0 };
  #queued = false;
  /** Peer write ends by thread word, in order of use. */
  readonly #peers = new Map<number, number>();

  constructor(session: Session, slots: Slots, slot: SlotIndex, onRing: () => void) {
    this.#session = session;
    this.#slots = slots;
    this.#slot = slot;
    this.#onRing = onRing;
  }

  /** Asks to be rung until {@link disarm}; `ref`: keeps the loop alive until then. */
  arm(ref: boolean): void {
    this.#open();
    this.setRef(ref);
    Atomics.store(this.#session.words, this.#slots.at(this.#slot) + SLOT.bellArmed, 1);
  }

  setRef(ref: boolean): void {
    // Without a pipe the retries are all that there is.
    const source = this.#socket ?? (this.#session.platform.preallocate ? this.#retry : undefined);
    if (ref) source?.ref();
    else source?.unref();
  }

  disarm(): void {
    this.#socket?.unref();
    clearInterval(this.#retry);
    this.#retry = undefined;
    Atomics.store(this.#session.words, this.#slots.at(this.#slot) + SLOT.bellArmed, 0);
  }

  /** Rings the bell of `slot` if it wants that. Returns false when it was rung already or does not listen. */
  ring(slot: SlotIndex): boolean {
    const at = this.#slots.at(slot);
    const { words } = this.#session;
    // Looked at first: an exchange would take the line from whoever else uses it.
    if (Atomics.load(words, at + SLOT.bellArmed) !== 1) return false;
    if (Atomics.exchange(words, at + SLOT.bellArmed, 0) !== 1) return false;
    if (slot === this.#slot) this.#ringSelf();
    else this.#ringPeer(slot);
    return true;
  }

  #open(): void {
    // Waiters look again by themselves now and then: for owners that died, and where a ring was lost with its ringer.
    this.#retry ??= Object.assign(setInterval(this.#look, 100).unref(), {
      [Symbol.for(OWN_HANDLE)]: true,
      [Symbol.for(OWN_TURNS)]: this.#turns,
    });
    if (this.#socket !== undefined) return;
    const { read, write } = this.#session.platform.pipe();
    if (read < 0) return;
    // With a buffer of its own, a ring costs no fresh memory and none of what a stream does.
    const onread: net.OnReadOpts = { buffer: new Uint8Array(64), callback: () => this.#rung() };
    const options = { fd: read, readable: true, writable: false, onread };
    this.#socket = new net.Socket(options);
    Object.defineProperty(this.#socket, Symbol.for(OWN_HANDLE), { value: true });
    this.#socket.on('error', () => {});
    this.#session.words[this.#slots.at(this.#slot) + SLOT.bell] = write + 1;
  }

  readonly #look = (): void => {
    this.#turns.count++;
    this.#onRing();
  };

  #rung(): boolean {
    this.#onRing();
    return true;
  }

  #ringSelf(): void {
    if (this.#queued) return;
    this.#queued = true;
    process.nextTick(() => {
      this.#queued = false;
      this.#onRing();
    });
  }

  #ringPeer(slot: SlotIndex): void {
    try {
      fs.writeSync(this.#peer(slot), RING);
    } catch (error) {
      // EAGAIN: the pipe is full of rings. Anything else: the peer is gone, and the sweep will see to it.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#forget(this.#slots.thread(slot));
    }
  }

  #peer(slot: SlotIndex): number {
    const thread = this.#slots.thread(slot);
    const known = this.#peers.get(thread);
    if (known !== undefined) return known;
    // The pid may be another process's by now, whose descriptor would be written to.
    if (!this.#slots.isSlotAlive(slot)) throw new Error('gone');
    const bell = (this.#session.words[this.#slots.at(slot) + SLOT.bell] ?? 0) - 1;
    const fd = this.#session.platform.openPeer(this.#slots.pid(slot), bell);
    if (this.#peers.size >= OPEN_PEERS) {
      for (const oldest of this.#peers.keys()) {
        this.#forget(oldest);
        break;
      }
    }
    this.#peers.set(thread, fd);
    return fd;
  }

  #forget(thread: number): void {
    const fd = this.#peers.get(thread);
    if (fd === undefined) return;
    this.#peers.delete(thread);
    fs.closeSync(fd);
  }
}
