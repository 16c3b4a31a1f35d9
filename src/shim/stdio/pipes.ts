import type { ChildId, ResourceId, SiteId } from '../../base/quantities.ts';
import { ROLE } from '../../trace/format/records.ts';
import { type StdioWay, stdioKey, stdioName } from '../../trace/format/stdio-key.ts';
import type { Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { natives } from '../core/natives.ts';
import { origins } from '../sources/origin.ts';
import type { End, Timers } from './flow.ts';
import { Reader } from './reader.ts';
import type { PipeSocket } from './socket.ts';
import { Writer } from './writer.ts';

/** Chunks that follow the first one within this time are summed up, ms. */
const TICK_MS = 2;
/** An end that has not moved for this long stands still, ms. */
const LOOK_MS = 100;

/** Whose pipe it is, and which of its ends this process has. */
export interface PipePlace {
  /** The child's spawn key. */
  readonly spawnKey: string;
  readonly fd: number;
  readonly way: StdioWay;
  readonly side: 'parent' | 'child';
  /** Where the child was started, 0: not known. */
  readonly site: SiteId;
  /** At the parent: id of the child's definition. */
  readonly child?: ChildId;
}

/** All stdio pipes of a thread, with the two timers that they share. Neither keeps the program alive. */
export class StdioPipes implements Timers {
  readonly #shim: Shim;
  readonly #open = new Set<End>();
  readonly #watched = new Set<End>();
  /** Ends that were watched at some time, and may therefore stand still. */
  readonly #readers = new Set<Reader>();
  readonly #writers = new Set<Writer>();
  readonly #roles = new WeakMap<object, { readonly id: ResourceId; readonly role: number }>();
  #ticking = false;
  #looking = false;

  constructor(shim: Shim) {
    this.#shim = shim;
    shim.recorder.beforeFlush(() => {
      for (const end of this.#open) end.flush();
    });
  }

  /** Starts to count what goes through a socket. Only the parent, which made the pipe, records `create`: children may have inherited it. */
  add(socket: PipeSocket, { spawnKey, fd, way, side, site, child }: PipePlace): Reader | Writer {
    const { recorder } = this.#shim;
    const key = stdioKey(spawnKey, fd, way);
    const peerKey = fd > 2 ? stdioKey(spawnKey, fd, way === 'up' ? 'down' : 'up') : '';
    const id = recorder.defineResource({ key, kind: 'stdio', name: stdioName(fd, way), peerKey });
    const writes = (way === 'down') === (side === 'parent');
    const role = writes ? ROLE.write : ROLE.read;
    recorder.record(side === 'parent' ? 'create' : 'open', { resource: id, site, role });
    this.#roles.set(socket, { id, role });
    const since = recorder.clock.now();
    origins.put(socket, { resource: id, site, since, ...(child === undefined ? {} : { child }) });
    return writes ? new Writer(this.#shim, socket, id, this) : new Reader(this.#shim, socket, id, this);
  }

  /** Another child gets this socket as one of its descriptors: what goes through it is not seen here any more. */
  handOn(socket: object): void {
    const given = this.#roles.get(socket);
    if (given === undefined) return;
    this.#roles.delete(socket);
    this.#shim.recorder.record('close', { resource: given.id, role: given.role });
  }

  /** Sockets that stand still: writers that wait for room, and readers with a full buffer that nobody reads. */
  get stalled(): { readonly writers: readonly PipeSocket[]; readonly readers: readonly PipeSocket[] } {
    return {
      writers: [...this.#writers].filter((end) => end.stalled).map((end) => end.socket),
      readers: [...this.#readers].filter((end) => end.stopped).map((end) => end.socket),
    };
  }

  open(end: End): void {
    this.#open.add(end);
    if (this.#ticking) return;
    this.#ticking = true;
    natives.later(this.#tick, TICK_MS);
  }

  watch(end: End): void {
    this.#watched.add(end);
    if (this.#looking) return;
    this.#looking = true;
    natives.later(this.#look, LOOK_MS);
  }

  readonly #tick = (): void => {
    this.#ticking = false;
    guarded(this.#shim, 'stdio', () => {
      for (const end of this.#open) {
        if (end.tick()) this.open(end);
        else this.#open.delete(end);
      }
    });
  };

  readonly #look = (): void => {
    this.#looking = false;
    guarded(this.#shim, 'stdio', () => {
      for (const end of this.#readers) if (end.socket.destroyed) this.#readers.delete(end);
      for (const end of this.#writers) if (end.socket.destroyed) this.#writers.delete(end);
      for (const end of this.#watched) {
        if (end instanceof Reader) this.#readers.add(end);
        else if (end instanceof Writer) this.#writers.add(end);
        if (end.look()) this.watch(end);
        else this.#watched.delete(end);
      }
    });
  };
}
