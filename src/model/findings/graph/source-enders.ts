import type { Source, SourceKind } from '../../../trace/format/definitions.ts';
import { parseStdioKey } from '../../../trace/format/stdio-key.ts';
import { Connections } from '../../state/connections.ts';
import type { ProcessEntity, ResourceEntity, ThreadEntity } from '../../state/entities.ts';
import type { SourceEntity } from '../../state/sources.ts';
import { direct, type Enders, type Openness, openFor } from './groups.ts';
import type { Known } from './known.ts';
import type { Unit } from './unit.ts';
import type { WaitEnders } from './wait-enders.ts';

/** Sources that fire for reasons outside of the program, or by themselves. */
const OPEN: Readonly<Partial<Record<SourceKind, Openness>>> = {
  timer: 'timer',
  immediate: 'timer',
  signal: 'signal',
  debugger: 'debugger',
  request: 'system',
  watcher: 'system',
  native: 'unknown',
  terminal: 'outside',
  server: 'outside',
  datagram: 'outside',
};

/** Who could make a source fire, by kind of source. Whatever is not known for sure counts as open. */
export class SourceEnders {
  private readonly known: Known;
  private readonly waits: WaitEnders;
  private connections: Connections | null = null;

  constructor(known: Known, waits: WaitEnders) {
    this.known = known;
    this.waits = waits;
  }

  of(source: SourceEntity): Enders {
    const open = OPEN[source.kind];
    if (open !== undefined) return openFor(open);
    if (this.comes(source)) return openFor('coming');
    switch (source.kind) {
      case 'child':
      case 'worker':
        return this.child(source);
      case 'parent':
        return this.thread(source.thread.child?.owner ?? null);
      case 'ipc':
        return this.ipc(source);
      case 'port':
      case 'broadcast':
        return this.port(source);
      case 'stdio':
        return this.stdio(source);
      default:
        return this.connection(source);
    }
  }

  /** Something is under way by it: sent or still to be written, and not received. What nobody listens for stays there. */
  private comes({ resource, told, thread }: SourceEntity): boolean {
    if ((told.unwritten ?? 0) > 0 && told.kind !== 'stdio') return true;
    if (resource === null) return false;
    if (told.kind === 'broadcast') return isBroadcasting(resource, thread);
    if (this.isClosed(resource, thread)) return true;
    if (told.listens === false) return false;
    return depth(resource) > 0 || depth(this.known.world.resourceByKey.get(`${resource.key}handles`)) > 0;
  }

  /** Its other end was closed: that is heard here too, and the channel keeps nothing alive any more. */
  private isClosed(resource: ResourceEntity, thread: ThreadEntity): boolean {
    const others = this.known.world.channelUses(resource).filter((use) => use.thread !== thread);
    return others.length > 0 && others.every((use) => !use.open || use.disconnectedAt !== null);
  }

  private child({ child, told }: SourceEntity): Enders {
    // Its pipes are open, and who has them besides is not known.
    if (told.state === 'exited') return openFor('unknown');
    if (told.state === 'ending') return openFor('ending');
    return this.waits.end(child, 'certain');
  }

  /** A thread that is known to be alone at the other end. */
  private thread(thread: ThreadEntity | null): Enders {
    if (thread === null) return openFor('unknown');
    if (thread.alive) return direct([this.known.units.get(thread, 0)]);
    return this.known.settled(thread) ? direct([], [thread]) : openFor('ending');
  }

  private ipc({ child, thread }: SourceEntity): Enders {
    if (child !== null) return this.process(child.process);
    const { owner = null } = thread.process.child ?? {};
    return this.thread(owner);
  }

  /** Any thread of a process that is traced. */
  private process(process: ProcessEntity | null): Enders {
    if (process === null || process.main === null) return openFor('untraced');
    return this.thread(process.main);
  }

  /** Who has the other end says so; a broadcast may come from any thread of the process. */
  private port({ kind, resource, thread }: SourceEntity): Enders {
    const { units } = this.known;
    if (kind === 'broadcast') {
      const threads = [...thread.process.threads.values()].filter((t) => t.alive && t !== thread);
      return direct(threads.map((t) => units.get(t, 0)));
    }
    if (resource === null) return openFor('unknown');
    const own = thread.uses.get(resource);
    // It reads at the one end and has the other one too.
    const hasBoth = own !== undefined && own.readers > 0 && own.writers > 0;
    const others = resource.uses.filter((use) => use.thread !== thread && use.counted);
    if (others.length === 0 && !hasBoth) return openFor('unknown');
    const group = this.known.users(resource, (use) => (use.thread !== thread || hasBoth) && use.canSend);
    return group.open === null ? direct(group.units, group.dead) : openFor(group.open);
  }

  /** A pipe between parent and child: what goes up may come from whoever is below the child. */
  private stdio({ resource, child, thread }: SourceEntity): Enders {
    if (resource === null) return openFor('outside');
    const isDown = parseStdioKey(resource.key)?.way === 'down';
    // At the end that writes: what is still to be written.
    if (isDown === (child !== null)) return this.waits.room(resource);
    if (isDown) return this.thread(resource.createdBy);
    const writer = child?.process ?? null;
    if (writer === null) return openFor('untraced');
    const writers: Unit[] = [];
    for (const process of withDescendants(writer)) {
      if (!process.alive) continue;
      if (process.main === null) return openFor('untraced');
      if (process.main !== thread) writers.push(this.known.units.get(process.main, 0));
    }
    return writers.length > 0 ? direct(writers) : openFor('ending');
  }

  /** A socket or pipe whose other end is a socket of a thread that rests as well. */
  private connection(source: SourceEntity): Enders {
    this.connections ??= new Connections(this.known.world.resting);
    const other = this.connections.otherEnd(source);
    if (other === null) return openFor('outside');
    if ((other.told.unwritten ?? 0) > 0) return openFor('coming');
    return isSettled(source.told, other.told) ? this.thread(other.thread) : openFor('coming');
  }
}

/**
 * Whatever one end has written the other one has read, in both directions: nothing is under way, neither has run since it
 * told so, and nobody else has a hand in the connection.
 */
function isSettled(one: Source, other: Source): boolean {
  return (
    one.sent !== undefined &&
    other.sent !== undefined &&
    one.sent === other.received &&
    one.received === other.sent
  );
}

/**
 * A broadcast is sent once and received by as many as listen, or by nobody: what was sent before the thread came to rest has come.
 * Its other ends may be closed without a change to this one.
 */
function isBroadcasting(resource: ResourceEntity, { quiescent }: ThreadEntity): boolean {
  const since = quiescent?.since ?? 0;
  return resource.lossy || resource.uses.some(({ lastSendTime }) => lastSendTime > since);
}

/** Messages, or bytes of a stdio pipe, that were sent and not received. */
function depth(resource: ResourceEntity | undefined): number {
  if (resource === undefined) return 0;
  return resource.kind === 'stdio'
    ? resource.uses.reduce((sum, use) => sum + use.sentBytes - use.receivedBytes, 0)
    : resource.uses.reduce((sum, use) => sum + use.sent - use.received, 0);
}

function* withDescendants(process: ProcessEntity): Iterable<ProcessEntity> {
  yield process;
  for (const child of process.children) yield* withDescendants(child);
}
