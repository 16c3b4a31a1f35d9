import type { ThreadEntity } from './entities.ts';
import type { Incident } from './incidents.ts';
import type { SourceEntity, SourceSet } from './sources.ts';

/** Sockets of threads that rest, by the two addresses of the connection. */
export class Connections {
  private readonly ends = new Map<string, SourceEntity>();

  constructor(resting: Iterable<ThreadEntity>) {
    for (const thread of resting)
      for (const source of thread.quiescent?.sources?.list ?? []) {
        const key = keyOf(source, false);
        if (key !== null) this.ends.set(key, source);
      }
  }

  /** The same connection as its other end told of it; `null`: the outside, or somebody who does not rest. */
  otherEnd(source: SourceEntity): SourceEntity | null {
    const key = keyOf(source, true);
    return key === null ? null : (this.ends.get(key) ?? null);
  }
}

function keyOf({ told: { local, remote, count } }: SourceEntity, reversed: boolean): string | null {
  if (local === undefined || remote === undefined || count > 1) return null;
  const ends = [plainAddress(local), plainAddress(remote)];
  return (reversed ? ends.reverse() : ends).join(' ');
}

/** `127.0.0.1:80` also where a server that takes both kinds of addresses has accepted it: `[::ffff:127.0.0.1]:80`. */
export function plainAddress(address: string): string {
  const [, host, port] = /^\[::ffff:([\d.]+)\](:\d+)$/i.exec(address) ?? [];
  return host === undefined || port === undefined ? address : host + port;
}

interface Listening {
  readonly thread: ThreadEntity;
  /** Since when, ns. */
  readonly since: number;
}

/** One end of a connection, as its thread told of it last. */
export interface ConnectionEnd {
  source: SourceEntity;
  /** Those of one thread by the same path count as one end. */
  count: number;
  /** Bytes, `null`: not told. */
  sent: number | null;
  received: number | null;
  /** When its thread told that it had it no more, ns; `null`: it has not. */
  closedAt: number | null;
}

type Moved = Pick<ConnectionEnd, 'count' | 'sent' | 'received'>;

/** So many connections of a thread are kept: a client that makes a new one for each request may have made thousands. */
const MOST_KEPT = 256;
/** From so many in all on, only this many of a thread are: each question for the channels goes through all that are kept. */
const MANY = 8192;
const FEW_KEPT = 8;

/** Connections that threads have told of when they rested, and who listened where: which of them lead to a thread of the trace. */
export class ConnectionBook {
  private readonly listening = new Map<string, Listening[]>();
  private readonly ends = new Map<string, ConnectionEnd>();
  /** Keys of the ends of a thread. */
  private readonly byThread = new Map<ThreadEntity, Set<string>>();

  listens({ thread, time, told }: Incident): void {
    const address = anyHost(plainAddress(told.message));
    const known = this.listening.get(address);
    if (known) known.push({ thread, since: time });
    else this.listening.set(address, [{ thread, since: time }]);
  }

  /** Enters what a thread told. Gives the threads at the other ends of what is new. */
  tells(thread: ThreadEntity, { list, time }: SourceSet): ThreadEntity[] {
    const kept = this.byThread.get(thread) ?? new Set();
    const now = new Set<string>();
    const others: ThreadEntity[] = [];
    for (const source of list) {
      const key = endKey(source);
      if (key === null) continue;
      if (now.has(key)) {
        this.add(key, source);
        continue;
      }
      now.add(key);
      const known = this.ends.get(key);
      if (known === undefined && kept.size >= (this.ends.size < MANY ? MOST_KEPT : FEW_KEPT)) continue;
      this.ends.set(key, { source, ...movedBy(source), closedAt: null });
      kept.add(key);
      const other = known === undefined ? this.told(source) : null;
      if (other !== null) others.push(other.source.thread);
    }
    if (kept.size > 0) this.byThread.set(thread, kept);
    for (const key of kept) {
      const end = this.ends.get(key);
      if (end?.closedAt === null && end.source.thread === thread && !now.has(key)) end.closedAt = time;
    }
    return others;
  }

  /** One more of those that nothing tells from each other. */
  private add(key: string, source: SourceEntity): void {
    const end = this.ends.get(key);
    if (end === undefined) return;
    const { count, sent, received } = movedBy(source);
    end.count += count;
    end.sent = sent === null || end.sent === null ? null : end.sent + sent;
    end.received = received === null || end.received === null ? null : end.received + received;
  }

  /** All that was told, each end of a connection for itself. */
  all(): Iterable<ConnectionEnd> {
    return this.ends.values();
  }

  /** The thread at the other end; `null`: somebody outside, or not known. */
  otherEnd(source: SourceEntity): ThreadEntity | null {
    const other = this.told(source)?.source.thread ?? this.server(source);
    return other === source.thread ? null : other;
  }

  /** The same connection as its other end told of it, if it had it then. */
  told(source: SourceEntity): ConnectionEnd | null {
    const key = keyOf(source, true);
    const end = key === null ? undefined : this.ends.get(key);
    if (end === undefined || !livedAt(end.source.thread, source.time)) return null;
    return end.closedAt === null || end.closedAt > source.time ? end : null;
  }

  /** The only thread of the trace that listened at the other end when it was told. */
  server(source: SourceEntity): ThreadEntity | null {
    const { local, remote } = source.told;
    if (remote === undefined) return null;
    const found = this.at(remote, local).filter(
      ({ thread, since }) => since <= source.time && livedAt(thread, source.time),
    );
    const [only, ...others] = new Set(found.map(({ thread }) => thread));
    return only === undefined || others.length > 0 ? null : only;
  }

  /** A connection that a server of its own thread has accepted. Those by a path have no names. */
  hasAccepted({ kind, thread, told: { local, remote } }: SourceEntity): boolean {
    if (local !== undefined) return this.at(local, local).some((at) => at.thread === thread);
    return kind === 'pipe' && remote === undefined && thread.incidents.some(isPath);
  }

  /** Who listens at an address, to which somebody has connected from `near`. */
  private at(address: string, near: string | undefined): Listening[] {
    const plain = plainAddress(address);
    const exact = this.listening.get(plain) ?? [];
    return isHere(plain, near) ? [...exact, ...(this.listening.get(everyHost(plain)) ?? [])] : exact;
  }
}

/** How many they are, and their bytes in all. */
function movedBy({ told: { count, sent, received } }: SourceEntity): Moved {
  return {
    count,
    sent: sent === undefined ? null : sent * count,
    received: received === undefined ? null : received * count,
  };
}

function livedAt({ end }: ThreadEntity, time: number): boolean {
  return end === null || end >= time;
}

/** What tells an end of a connection from all others, `null`: it is none, or has no other end that could be found. */
function endKey(source: SourceEntity): string | null {
  const { kind, told, thread } = source;
  if ((kind !== 'socket' && kind !== 'pipe') || told.remote === undefined) return null;
  // A client of a path has no address of its own.
  return told.local === undefined ? `${thread.id} ${told.remote}` : keyOf(source, false);
}

/** An address of this machine, as far as can be told: that of another one has another host than the near end. */
function isHere(address: string, near: string | undefined): boolean {
  const host = hostOf(address);
  return /^(?:127\.|\[::1\])/.test(host) || (near !== undefined && host === hostOf(plainAddress(near)));
}
function hostOf(address: string): string {
  return address.replace(/:\d+$/, '');
}

function isPath({ what, told }: Incident): boolean {
  return what === 'listening' && !/:\d+$/.test(told.message);
}

/** What listens on all addresses of the machine is found by its port. */
function anyHost(address: string): string {
  return /^(?:0\.0\.0\.0|\[::\]):\d+$/.test(address) ? everyHost(address) : address;
}
function everyHost(address: string): string {
  return `*${/:\d+$/.exec(address)?.[0] ?? ''}`;
}
