import type { Ns, ResourceId, SiteId } from '../../base/quantities.ts';
import { NO_POSITION, ROLE } from '../../trace/format/records.ts';
import type { Shim } from '../context/shim.ts';
import { guarded, reportProblem } from '../core/guard.ts';
import { patch } from '../core/patch.ts';
import { Sampler } from '../sites/sampler.ts';
import type { Unwritten } from '../sources/book.ts';
import { isDisconnect, isHandle, isNodes } from './messages.ts';

/** As it is when the shim loads: programs may take `Buffer` away, and sending must not fail by that. */
const { byteLength } = Buffer;
/** Messages into a closed channel that one end tells of. */
const MOST_REFUSED = 4;

/** Ends that are not disconnected yet. */
export const openEnds = new Set<IpcEnd>();

interface Begun {
  readonly time: Ns;
  readonly site: SiteId;
  /** FLAG.sampledSite or 0. */
  readonly flags: number;
}

interface Held {
  readonly begun: Begun;
  readonly message: unknown;
  readonly handle: unknown;
}

interface Direction {
  readonly resource: ResourceId;
  count: number;
  readonly sampler: Sampler;
}

/** One end of one channel. */
export class IpcEnd {
  readonly #shim: Shim;
  readonly #key: string;
  readonly #side: 'parent' | 'child';
  readonly #directions = new Map<string, Direction>();
  readonly #out: Direction;
  readonly #in: Direction;
  /** The message that the program is sending, until the channel writes it. */
  begun: Begun | undefined;
  #seesWrites = false;
  #written: (() => void) | undefined;
  #open = true;
  /** Messages with handles that Node holds back until an earlier handle has arrived. */
  readonly #held: Held[] = [];
  #watchesHeld = false;
  /** What the program has as `channel`, until the channel is closed. */
  #control: unknown;
  /** The child, or `process`. */
  target: object | undefined;
  handle: object | undefined;
  /** ns since the session's origin. */
  since = 0;
  #refused = 0;

  constructor(shim: Shim, key: string, side: 'parent' | 'child') {
    this.#shim = shim;
    this.#key = key;
    this.#side = side;
    this.#out = this.#direction('out', '');
    this.#in = this.#direction('in', '');
  }

  /** Id of the direction in which messages come. */
  get incoming(): ResourceId {
    return this.#in.resource;
  }

  begin(skip: (...args: never[]) => unknown): void {
    this.begun = undefined;
    const { recorder, sites } = this.#shim;
    const time = recorder.clock.now();
    const { sampler } = this.#out;
    const flags = sites.sample(sampler, time, skip);
    this.begun = { time, site: sampler.site, flags };
  }

  /** Node has refused the message, and thrown. */
  rejected(): void {
    const { begun } = this;
    if (!begun) return;
    this.begun = undefined;
    const { resource } = this.#out;
    const { site } = begun;
    this.#shim.recorder.record('sendRejected', { resource, site, takenBack: NO_POSITION, bytes: 0 });
  }

  /** A message that is not one of the program's, or that goes nowhere. */
  passes(message: unknown, skip: (...args: never[]) => unknown): void {
    const { recorder, sites } = this.#shim;
    const { resource } = this.#out;
    if (isNodes(message)) {
      if (!isDisconnect(message)) return;
      recorder.incident({
        what: 'disconnectCalled',
        message: 'cluster',
        resource,
        site: sites.here(skip),
      });
      return;
    }
    if (++this.#refused > MOST_REFUSED) return;
    recorder.incident({
      what: 'sendFailed',
      message: 'Channel closed',
      code: 'ERR_IPC_CHANNEL_CLOSED',
      resource,
      site: sites.here(skip),
    });
  }

  /** The program gives the channel up at this end. */
  disconnects(skip: (...args: never[]) => unknown): void {
    if (!this.#open) return;
    const { recorder, sites } = this.#shim;
    const { resource } = this.#out;
    const site = sites.here(skip);
    // Node does so itself when the other end has.
    if (site !== 0) recorder.incident({ what: 'disconnectCalled', message: '', resource, site });
  }

  /** The primary of a cluster has told this worker to end. */
  toldToDisconnect(): void {
    const { resource } = this.#in;
    this.#shim.recorder.incident({ what: 'disconnectCalled', message: 'cluster', resource });
  }

  #sent({ time, site, flags }: Begun, handle: boolean, bytes: number): void {
    const out = handle ? this.#direction('out', 'handles') : this.#out;
    const { recorder } = this.#shim;
    recorder.send(time, out.resource, site, flags, ++out.count, bytes);
    recorder.flushBeforeMessage();
  }

  /**
   * The channel is about to write. Recorded before it does: the other end may run first and kill this process for its message.
   * Whether a handle goes along is known only here: of a socket that was sent or closed before, only the message is left.
   */
  #writes(bytes: number, handle: unknown): void {
    const begun = this.begun;
    if (!begun) return;
    this.begun = undefined;
    this.#sent(begun, handle !== undefined && handle !== null, bytes);
  }

  /** The program's call has returned. What was not written waits behind a handle, or goes where it can't be seen. */
  unwritten(target: object, args: readonly unknown[]): void {
    const begun = this.begun;
    if (!begun) return;
    this.begun = undefined;
    const [message, handle] = args;
    if (!isHandle(handle) || !this.#seesWrites) {
      this.#sent(begun, isHandle(handle), 0);
      return;
    }
    this.#held.push({ begun, message, handle });
    if (this.#watchesHeld) return;
    this.#watchesHeld = true;
    this.#watchHeld(target);
  }

  /** What is held back comes by here again. */
  #watchHeld(target: object): void {
    const end = this;
    patch(
      target,
      '_send',
      (original) =>
        function _send(this: unknown, ...args) {
          const [first] = end.#held;
          // What the program sends just now may be the same message once more.
          const others = end.begun !== undefined || first?.message !== args[0] || first?.handle !== args[1];
          if (first === undefined || others) return Reflect.apply(original, this, args);
          end.#held.shift();
          guarded(end.#shim, 'ipc', () => {
            end.begun = { ...first.begun, time: end.#shim.recorder.clock.now() };
          });
          try {
            return Reflect.apply(original, this, args);
          } finally {
            guarded(end.#shim, 'ipc', () => end.unwritten(target, args));
          }
        },
    );
  }

  received(handle: unknown): void {
    const into = handle === undefined || handle === null ? this.#in : this.#direction('in', 'handles');
    const { recorder } = this.#shim;
    recorder.receive(recorder.clock.now(), into.resource, 0, 0, ++into.count, 0);
  }

  disconnected(): void {
    if (!this.#open) return;
    this.#open = false;
    openEnds.delete(this);
    this.#shim.sources.writers.delete(this.#left);
    this.#written?.();
    for (const { resource } of this.#directions.values()) {
      const ignored = resource === this.#in.resource ? this.unread : 0;
      this.#shim.recorder.record('disconnect', { resource, ignored });
    }
  }

  /** Bytes that the system has not taken yet. */
  get queued(): number {
    return Number(Reflect.get(Object(this.handle), 'writeQueueSize') ?? 0);
  }
  readonly #left = (): Unwritten => {
    const { resource, sampler } = this.#out;
    return { resource, bytes: this.queued, site: sampler.site };
  };

  /** Messages that have arrived, and that Node keeps until somebody listens for them. */
  get unread(): number {
    const control = this.#control;
    if (typeof control !== 'object' || control === null) return 0;
    const symbol = Object.getOwnPropertySymbols(control).find((s) => s.description === 'kPendingMessages');
    const kept: unknown = symbol && Reflect.get(control, symbol);
    return Array.isArray(kept) ? kept.length : 0;
  }

  /** The channel's own writes tell how long a message became; nothing is encoded twice for that. */
  watchBytes(target: object): void {
    this.#control = Reflect.get(target, 'channel');
    this.target = target;
    this.since = this.#shim.recorder.clock.now();
    openEnds.add(this);
    this.#shim.sources.writers.add(this.#left);
    const symbol = Object.getOwnPropertySymbols(target).find((s) => s.description === 'kChannelHandle');
    const handle: unknown = symbol && Reflect.get(target, symbol);
    if (typeof handle !== 'object' || handle === null) return;
    this.#seesWrites = true;
    this.handle = handle;
    this.#written = this.#shim.quiescence.writes(() => Number(Reflect.get(handle, 'writeQueueSize') ?? 0));
    const end = this;
    for (const name of ['writeUtf8String', 'writeBuffer']) {
      patch(
        handle,
        name,
        (original) =>
          function write(this: unknown, ...args) {
            try {
              const data = args[1];
              if (typeof data === 'string') end.#writes(byteLength(data), args[2]);
              else if (data instanceof Uint8Array) end.#writes(data.byteLength, args[2]);
            } catch (error) {
              reportProblem(end.#shim.recorder, 'ipc', error);
            }
            return Reflect.apply(original, this, args);
          },
      );
    }
  }

  #direction(way: 'out' | 'in', what: '' | 'handles'): Direction {
    const toChild = (way === 'out') === (this.#side === 'parent');
    const id = `${toChild ? 'down' : 'up'}${what}`;
    const known = this.#directions.get(id);
    if (known) return known;
    const { recorder, session } = this.#shim;
    const key = `ipc:${this.#key}:${id}`;
    const peerKey = `ipc:${this.#key}:${toChild ? 'up' : 'down'}${what}`;
    const name = `to ${toChild ? 'child' : 'parent'}${what === '' ? '' : ' (handles)'}`;
    const resource = recorder.defineResource({ key, kind: 'ipc', name, peerKey });
    recorder.record('open', { resource, role: way === 'out' ? ROLE.write : ROLE.read });
    const direction = { resource, count: 0, sampler: new Sampler(session.options.callSites) };
    this.#directions.set(id, direction);
    return direction;
  }
}
