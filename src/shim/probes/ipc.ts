import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { ENV_SPAWN } from '../../base/environment.ts';
import type { Ns, ResourceId, SiteId } from '../../base/quantities.ts';
import { ROLE } from '../../trace/format/records.ts';
import { pairValue } from '../children/children-env.ts';
import { liveChildren } from '../children/live-children.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded, reportProblem } from '../core/guard.ts';
import { patch } from '../core/patch.ts';
import { Sampler } from '../sites/sampler.ts';
import { heard } from '../sources/events.ts';
import type { Look } from '../sources/look.ts';

/** As it is when the shim loads: programs may take `Buffer` away, and sending must not fail by that. */
const { byteLength } = Buffer;
const listeners: (this: unknown, name: string) => number = EventEmitter.prototype.listenerCount;

/** Ends that are not disconnected yet. */
const open = new Set<IpcEnd>();
const EVENTS = ['disconnect', 'internalMessage', 'message'];

/**
 * Messages over Node's IPC channel, both ways, at both ends. A channel is known by the spawn key of the child; the two ends
 * count their messages alike, so a message's number pairs its send with its receipt. Messages that carry a handle wait for
 * acknowledgements and have a count of their own. Node's own messages (`NODE_…`) are not the program's.
 */
export const ipc: Probe = {
  name: 'ipc',
  install(shim) {
    const channels = new WeakMap<object, IpcEnd>();
    shim.sources.contribute((look) => {
      for (const end of open) end.addTo(look);
    });
    instrumentChildren(shim, channels);
    const key = process.env[ENV_SPAWN];
    if (key === undefined || typeof process.send !== 'function') return;
    const end = new IpcEnd(shim, key, 'child');
    channels.set(process, end);
    patchSend(shim, process, end);
    patchEmit(shim, process, channels);
  },
};

/** Every child gets its channel inside `spawn`, and its `send` as an own property there. */
function instrumentChildren(shim: Shim, channels: WeakMap<object, IpcEnd>): void {
  const prototype: object = childProcess.ChildProcess.prototype;
  patch(
    prototype,
    'spawn',
    (original) =>
      function spawn(this: unknown, ...args) {
        const result = Reflect.apply(original, this, args);
        guarded(shim, 'ipc', () => {
          const child = this as object;
          if (!Object.hasOwn(child, 'send')) return;
          const key = keyGiven(args[0]);
          if (key === undefined) return;
          const end = new IpcEnd(shim, key, 'parent');
          channels.set(child, end);
          patchSend(shim, child, end);
        });
        return result;
      },
  );
  patchEmit(shim, prototype, channels);
}

/** The key that the child will find: the probe of children has put it into the options of the same call. */
function keyGiven(options: unknown): string | undefined {
  const pairs: unknown =
    typeof options === 'object' && options !== null ? Reflect.get(options, 'envPairs') : undefined;
  return Array.isArray(pairs) ? pairValue(pairs.map(String), ENV_SPAWN) : undefined;
}

function patchSend(shim: Shim, target: object, end: IpcEnd): void {
  end.watchBytes(target);
  patch(
    target,
    'send',
    (original) =>
      function send(this: unknown, ...args) {
        // A channel that is closed sends nothing, and says so.
        if (Reflect.get(target, 'connected') !== true || isNodes(args[0]))
          return Reflect.apply(original, this, args);
        // Without closures, as everything that every message passes: they would cost as much as all the rest.
        // What it sends may itself send something, in a `toJSON` or a getter.
        const outer = end.begun;
        try {
          end.begin(send);
        } catch (error) {
          reportProblem(shim.recorder, 'ipc', error);
        }
        let returned = false;
        try {
          const result = Reflect.apply(original, this, args);
          returned = true;
          return result;
        } finally {
          try {
            if (returned) end.unwritten(target, args);
          } catch (error) {
            reportProblem(shim.recorder, 'ipc', error);
          }
          end.begun = outer;
        }
      },
  );
}

/** No listener for messages: that would keep the channel, and so the process, alive. */
function patchEmit(shim: Shim, owner: object, channels: WeakMap<object, IpcEnd>): void {
  patch(
    owner,
    'emit',
    (original) =>
      function emit(this: unknown, ...args) {
        const event = args[0];
        // Node gives three arguments to messages; with others the program itself emits.
        if ((event === 'message' && args.length === 3) || event === 'disconnect') {
          try {
            const end = channels.get(this as object);
            if (event === 'message') end?.received(args[2]);
            else end?.disconnected();
          } catch (error) {
            reportProblem(shim.recorder, 'ipc', error);
          }
        }
        return Reflect.apply(original, this, args);
      },
  );
}

function isNodes(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const cmd: unknown = Reflect.get(message, 'cmd');
  return typeof cmd === 'string' && cmd.startsWith('NODE_');
}

/** `send(message, options)`: plain objects are no handles. */
function isHandle(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype;
}

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
class IpcEnd {
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
  #target: object | undefined;
  #handle: object | undefined;
  #since = 0;

  constructor(shim: Shim, key: string, side: 'parent' | 'child') {
    this.#shim = shim;
    this.#key = key;
    this.#side = side;
    this.#out = this.#direction('out', '');
    this.#in = this.#direction('in', '');
  }

  begin(skip: (...args: never[]) => unknown): void {
    this.begun = undefined;
    const { recorder, sites } = this.#shim;
    const time = recorder.clock.now();
    const { sampler } = this.#out;
    const flags = sites.sample(sampler, time, skip);
    this.begun = { time, site: sampler.site, flags };
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
    open.delete(this);
    this.#written?.();
    for (const { resource } of this.#directions.values()) {
      const ignored = resource === this.#in.resource ? this.#waiting() : 0;
      this.#shim.recorder.record('disconnect', { resource, ignored });
    }
  }

  /** The channel as a source: what may come by it, and who would hear it. */
  addTo(look: Look): void {
    const target = this.#target;
    if (!target || Reflect.get(target, 'connected') !== true) return;
    if (this.#handle) look.told.add(this.#handle);
    const child = liveChildren.get(target);
    // Node's own listener takes what belongs to handles; one more is that of a cluster.
    const isCluster = listeners.call(target, 'internalMessage') > 1;
    const events = heard(target, EVENTS).filter((name) => name !== 'internalMessage' || isCluster);
    const unwritten = Number(Reflect.get(Object(this.#handle), 'writeQueueSize') ?? 0);
    const unread = this.#waiting();
    look.list.add({
      kind: 'ipc',
      ref: this.#handle !== undefined && look.refd.has(this.#handle),
      resource: this.#in.resource,
      listens: events.some((name) => name !== 'disconnect'),
      events,
      ...(child ? { child: child.id, site: child.site } : {}),
      ...(unwritten > 0 ? { unwritten } : {}),
      ...(unread > 0 ? { unread } : {}),
      since: this.#since,
    });
  }

  /** Messages that have arrived, and that Node keeps until somebody listens for them. */
  #waiting(): number {
    const control = this.#control;
    if (typeof control !== 'object' || control === null) return 0;
    const symbol = Object.getOwnPropertySymbols(control).find((s) => s.description === 'kPendingMessages');
    const kept: unknown = symbol && Reflect.get(control, symbol);
    return Array.isArray(kept) ? kept.length : 0;
  }

  /** The channel's own writes tell how long a message became; nothing is encoded twice for that. */
  watchBytes(target: object): void {
    this.#control = Reflect.get(target, 'channel');
    this.#target = target;
    this.#since = this.#shim.recorder.clock.now();
    open.add(this);
    const symbol = Object.getOwnPropertySymbols(target).find((s) => s.description === 'kChannelHandle');
    const handle: unknown = symbol && Reflect.get(target, symbol);
    if (typeof handle !== 'object' || handle === null) return;
    this.#seesWrites = true;
    this.#handle = handle;
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
