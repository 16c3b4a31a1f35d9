import type { Descriptor, Link } from './system.ts';

/** A descriptor and whose it is. */
export interface Owned extends Descriptor {
  readonly pid: number;
}

/** A row of /proc/net/tcp. */
export interface TcpSocket {
  /** `address:port`, the address in the kernel's hexadecimal, the port decimal. */
  readonly local: string;
  readonly remote: string;
  /** `0A` listens, `01` is connected. */
  readonly state: string;
  /** Bytes received and not read. */
  readonly unread: number;
  readonly inode: number;
}
/** A connected Unix socket, as `ss -x` shows it. */
export interface UnixSocket {
  readonly inode: number;
  readonly peer: number;
  readonly unread: number;
}

export function parseTcp(table: string): TcpSocket[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((row): TcpSocket[] => {
      const fields = row.trim().split(/\s+/);
      const [, local = '', remote = '', state = '', queues = '', , , , , inode = ''] = fields;
      if (inode === '') return [];
      const unread = Number.parseInt(queues.split(':')[1] ?? '0', 16);
      return [{ local: address(local), remote: address(remote), state, unread, inode: Number(inode) }];
    });
}

function address(text: string): string {
  const [host = '', port = '0'] = text.split(':');
  // A socket that listens on both families has the address of the other one written in the longer form.
  return `${host.replace(/^0{16}F{4}0{4}/, '')}:${Number.parseInt(port, 16)}`;
}

export function parseUnix(table: string): UnixSocket[] {
  return table.split('\n').flatMap((row): UnixSocket[] => {
    const fields = row.trim().split(/\s+/);
    const [, , unread, , , inode, , peer] = fields;
    return peer === undefined || peer === '0'
      ? []
      : [{ inode: Number(inode), peer: Number(peer), unread: Number(unread) }];
  });
}

/** The things that two processes of a program have the ends of. */
export function linksOf(
  open: readonly Owned[],
  unix: readonly UnixSocket[],
  tcp: readonly TcpSocket[],
): Link[] {
  const byInode = new Map<number, Owned[]>();
  for (const owned of open) byInode.set(owned.inode, [...(byInode.get(owned.inode) ?? []), owned]);
  return [...pipeLinks(byInode), ...unixLinks(byInode, unix), ...tcpLinks(byInode, tcp)];
}

function* pipeLinks(byInode: ReadonlyMap<number, readonly Owned[]>): Iterable<Link> {
  for (const owners of byInode.values()) {
    const pipes = owners.filter(({ kind }) => kind === 'pipe');
    const [writer] = pipes.filter(({ access }) => access !== 'read');
    const reader = pipes.find(({ access, pid }) => access === 'read' && pid !== writer?.pid);
    if (writer && reader)
      yield { kind: 'pipe', a: end(writer), b: end(reader), unreadAtA: null, unreadAtB: null };
  }
}

function* unixLinks(
  byInode: ReadonlyMap<number, readonly Owned[]>,
  sockets: readonly UnixSocket[],
): Iterable<Link> {
  const unread = new Map(sockets.map((socket) => [socket.inode, socket.unread]));
  for (const { inode, peer } of sockets) {
    if (inode > peer) continue;
    yield* pairs(byInode, 'unix', [inode, unread.get(inode)], [peer, unread.get(peer)]);
  }
}

function* tcpLinks(
  byInode: ReadonlyMap<number, readonly Owned[]>,
  sockets: readonly TcpSocket[],
): Iterable<Link> {
  const byEnds = new Map(sockets.map((socket) => [`${socket.local} ${socket.remote}`, socket]));
  for (const socket of sockets) {
    const peer = byEnds.get(`${socket.remote} ${socket.local}`);
    if (peer === undefined || socket.inode === 0 || socket.inode >= peer.inode) continue;
    yield* pairs(byInode, 'tcp', [socket.inode, socket.unread], [peer.inode, peer.unread]);
  }
}

/** An end may be open in several processes: a child inherits, a parent keeps. */
function* pairs(
  byInode: ReadonlyMap<number, readonly Owned[]>,
  kind: Link['kind'],
  [inodeA, unreadAtA]: readonly [number, number | undefined],
  [inodeB, unreadAtB]: readonly [number, number | undefined],
): Iterable<Link> {
  for (const a of byInode.get(inodeA) ?? []) {
    for (const b of byInode.get(inodeB) ?? []) {
      if (a.pid === b.pid) continue;
      yield { kind, a: end(a), b: end(b), unreadAtA: unreadAtA ?? null, unreadAtB: unreadAtB ?? null };
    }
  }
}

function end({ pid, fd }: Owned): { pid: number; fd: number } {
  return { pid, fd };
}
