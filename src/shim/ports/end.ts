import type { ResourceKind } from '../../base/channels.ts';
import type { Ns, ResourceId, SiteId } from '../../base/quantities.ts';
import { NO_POSITION, ROLE } from '../../trace/format/records.ts';
import type { Shim } from '../context/shim.ts';
import { Sampler } from '../sites/sampler.ts';
import { type Stamps, stamps } from '../sources/stamp.ts';
import type { EndState } from './registry.ts';

export interface EndOptions {
  readonly kind: ResourceKind & ('port' | 'broadcast');
  /** Key of the channel without its direction. */
  readonly key: string;
  /** Names of what side 0 sends and of what side 1 sends; '': the place where the channel was made names it. */
  readonly names: readonly [string, string];
  /** A program cannot wait for messages here: Node's own channel. */
  readonly sendOnly?: boolean;
  /** It is how a worker and its parent speak: `parentPort`, and what a `Worker` has inside. */
  readonly isParents?: boolean;
  /** Nothing of this end is recorded: it belongs to Node (threads of module hooks and the like). */
  readonly silent?: boolean;
  /** Call site of the channel's making, in the thread that made it. */
  readonly madeAt?: SiteId;
}

/** One end of one channel in the thread that has it. It is defined in the trace when it is first used. */
export class PortEnd {
  readonly channel: number;
  readonly side: 0 | 1;
  sent: number;
  received: number;
  readonly options: EndOptions;
  /** The channel's other end, where this thread has made the channel: it has that too until it leaves. */
  partner: PortEnd | undefined;
  readonly #shim: Shim;
  #out: ResourceId = 0;
  #in: ResourceId = 0;
  #open = false;
  #closed = false;
  #sampler: Sampler | undefined;
  #hearing: Sampler | undefined;

  constructor(shim: Shim, { channel, side, sent, received }: EndState, options: EndOptions) {
    this.#shim = shim;
    this.channel = channel;
    this.side = side;
    this.sent = sent;
    this.received = received;
    this.options = options;
  }

  /** A message is being handed to Node at `time`. `skip`: the shim's function that the program called. */
  recordSend(time: Ns, skip: (...args: never[]) => unknown): void {
    if (this.options.silent) return;
    this.open();
    const { recorder, sites, session } = this.#shim;
    this.#sampler ??= new Sampler(session.options.callSites);
    const sampler = this.#sampler;
    const flags = sites.sample(sampler, time, skip);
    const n = this.options.kind === 'port' ? ++this.sent : 0;
    recorder.send(time, this.#out, sampler.site, flags, n, 0);
  }

  /** The program begins to listen. */
  recordHearing(skip: (...args: never[]) => unknown): void {
    if (this.options.silent) return;
    const { recorder, sites, session } = this.#shim;
    // Who could send by it is asked when the thread rests, also where nobody ever has.
    this.open();
    this.partner?.open();
    this.#hearing ??= new Sampler(session.options.callSites);
    sites.sample(this.#hearing, recorder.clock.now(), skip);
  }

  /** Where the program has begun to listen, 0: not known. */
  get heardAt(): SiteId {
    return this.#hearing?.site ?? 0;
  }

  /** Node has refused the last message: it cannot be cloned. */
  recordRejected(): void {
    if (this.options.silent) return;
    const takenBack = this.options.kind === 'port' ? this.sent-- : NO_POSITION;
    const site = this.#sampler?.site ?? 0;
    this.#shim.recorder.record('sendRejected', { resource: this.#out, site, takenBack, bytes: 0 });
  }

  recordReceive(): void {
    if (this.options.silent) return;
    this.open();
    // Several threads may send into a broadcast: which message this is cannot be known.
    const n = this.options.kind === 'port' ? ++this.received : 0;
    const { recorder } = this.#shim;
    recorder.receive(recorder.clock.now(), this.#in, 0, 0, n, 0);
  }

  /** Id of the direction in which messages come to this thread; 0: it is not defined yet. */
  get incoming(): ResourceId {
    return this.#in;
  }

  /** Defines the channel's directions in the trace and records that this thread has the end, once. */
  open(): void {
    if (this.#open || this.#closed || this.options.silent) return;
    this.#open = true;
    const { recorder } = this.#shim;
    const { kind, key, names, sendOnly, madeAt } = this.options;
    const define = (side: 0 | 1): ResourceId => {
      const name = names[side];
      if (kind === 'broadcast') return recorder.defineResource({ key, kind, name });
      return recorder.defineResource({ key: `${key}:${side}`, kind, name, peerKey: `${key}:${1 - side}` });
    };
    this.#out = define(this.side);
    this.#in = kind === 'broadcast' ? this.#out : define(this.side === 0 ? 1 : 0);
    const begin = madeAt === undefined ? 'open' : 'create';
    const site = madeAt ?? 0;
    recorder.record(begin, { resource: this.#out, site, role: ROLE.write });
    if (sendOnly) recorder.record('open', { resource: this.#in, site, role: ROLE.write });
    else recorder.record(begin, { resource: this.#in, site, role: ROLE.read });
  }

  /** The end goes to a thread that is not traced: what happens to it there nobody will tell. */
  leaveUntraced(): void {
    this.open();
    const { kind, key, names } = this.options;
    for (const side of [0, 1] as const)
      this.#shim.recorder.defineResource({
        key: `${key}:${side}`,
        kind,
        name: names[side],
        peerKey: `${key}:${1 - side}`,
        untraced: true,
      });
  }

  /** The end goes to another thread, or this thread has closed it. */
  leave(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#open) return;
    const { recorder } = this.#shim;
    recorder.record('close', { resource: this.#out, role: ROLE.write });
    recorder.record('close', {
      resource: this.#in,
      role: this.options.sendOnly ? ROLE.write : ROLE.read,
    });
  }
}

/** The end that a port is. */
export const portEnds: Stamps<PortEnd> = stamps<PortEnd>();
