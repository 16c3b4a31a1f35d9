import type { ThreadEntity } from './entities.ts';
import type { Incident } from './incidents.ts';
import type { SourceEntity } from './sources.ts';

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

/** Which thread listens at an address. */
export class Listeners {
  private readonly threads = new Map<string, Set<ThreadEntity>>();

  constructor(threads: Iterable<ThreadEntity>) {
    for (const thread of threads) {
      if (!thread.alive) continue;
      for (const { what, told } of thread.incidents) {
        if (what !== 'listening') continue;
        const address = anyHost(plainAddress(told.message));
        const known = this.threads.get(address);
        if (known) known.add(thread);
        else this.threads.set(address, new Set([thread]));
      }
    }
  }

  /** `null`: nobody of the trace, or more than one. */
  at(address: string): ThreadEntity | null {
    const [only, ...others] = this.allAt(address);
    return only === undefined || others.length > 0 ? null : only;
  }

  /** A connection that a server of its own thread has accepted. Those by a path have no names. */
  hasAccepted({ kind, thread, told: { local, remote } }: SourceEntity): boolean {
    if (local !== undefined) return this.allAt(local).has(thread);
    return kind === 'pipe' && remote === undefined && thread.incidents.some(isPath);
  }

  private allAt(address: string): ReadonlySet<ThreadEntity> {
    const plain = plainAddress(address);
    return new Set([...(this.threads.get(plain) ?? []), ...(this.threads.get(everyHost(plain)) ?? [])]);
  }
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
