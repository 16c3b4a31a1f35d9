import { type ConnectionBook, type ConnectionEnd, plainAddress } from '../state/connections.ts';
import type { ThreadEntity } from '../state/entities.ts';
import { compare } from '../state/loss.ts';
import { nameOfThread } from '../state/names.ts';
import type { World } from '../state/world.ts';
import type { ChannelView } from '../types/index.ts';
import { connectionName, countText, english } from '../words/index.ts';

/** A server with more clients than this has one row for all of them. */
const MOST_CLIENTS = 8;

/** A connection of a client, with what its other end has told of it. */
interface Made {
  readonly client: ThreadEntity;
  readonly server: ThreadEntity;
  readonly address: string;
  readonly end: ConnectionEnd;
  readonly other: ConnectionEnd | null;
}

/** Connections between threads of the trace: one row for those of the same two threads, and one for a server of many. */
export function connectionViews(world: World): ChannelView[] {
  const made = [...world.connections.all()].flatMap((end) => madeBy(world.connections, end));
  return grouped(made, ({ server, address }) => `${server.id} ${address}`)
    .flatMap((all) => {
      const clients = grouped(all, ({ client }) => client.id);
      return clients.length > MOST_CLIENTS ? [all] : clients;
    })
    .map((all) => makeRow(world, all))
    .sort((a, b) => compare(a.id, b.id));
}

function grouped<T>(things: readonly T[], keyOf: (thing: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return [...groups.values()];
}

/** Nothing where the other end is outside, or has made the connection: then the row is its. */
function madeBy(connections: ConnectionBook, end: ConnectionEnd): Made[] {
  const { source } = end;
  const server = source.otherEnd();
  if (server === null || server.process.id === '' || source.thread.process.id === '') return [];
  const other = connections.told(source);
  if (isServers(connections, end, other)) return [];
  return [{ client: source.thread, server, address: plainAddress(source.told.remote ?? ''), end, other }];
}

function isServers(connections: ConnectionBook, end: ConnectionEnd, other: ConnectionEnd | null): boolean {
  const mine = connections.hasAccepted(end.source);
  if (other === null || mine !== connections.hasAccepted(other.source)) return mine;
  // Nobody has told that he listens: one of the two is taken, always the same.
  return compare(end.source.thread.id, other.source.thread.id) > 0;
}

function makeRow(world: World, all: readonly Made[]): ChannelView {
  const [{ server, address, end, client }] = all as readonly [Made, ...Made[]];
  const clients = [...new Set(all.map((made) => made.client))];
  const one = clients.length === 1;
  const from = one ? nameOfThread(client) : countText(english, clients.length, 'client');
  const toServer = sum(all, ({ end, other }) => most(end.sent, other?.received));
  const toClients = sum(all, ({ end, other }) => most(end.received, other?.sent));
  return {
    id: `connection:${one ? client.id : '*'}:${server.id}:${address}`,
    kind: 'connection',
    resourceKind: 'connection',
    name: connectionName(from, nameOfThread(server), address),
    named: true,
    number: 0,
    site: one ? world.sites.view(end.source.site) : null,
    from: [...new Set(clients.map(({ process }) => process.id))].sort(),
    to: [server.process.id],
    sent: null,
    received: null,
    bytes: toServer === null || toClients === null ? null : toServer + toClients,
    depth: null,
    latencyNs: null,
    exact: false,
    connection: {
      address,
      server: server.id,
      clients: clients.map(({ id }) => id).sort(),
      seen: all.reduce((n, made) => n + made.end.count, 0),
      toServer,
      toClients,
    },
  };
}

/** `null` where one of them is not known. */
function sum(all: readonly Made[], bytesOf: (made: Made) => number | null): number | null {
  return all.reduce<number | null>((total, made) => {
    const bytes = bytesOf(made);
    return total === null || bytes === null ? null : total + bytes;
  }, 0);
}

/** What two ends have told of the same bytes at different times. */
function most(one: number | null, other: number | null = null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
