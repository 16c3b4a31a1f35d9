import type { ResourceEntity } from './entities.ts';
import type { FlowIndex } from './flows.ts';

/** One half of a message that waits for its other half. */
interface Half {
  readonly time: number;
  readonly thread: number;
  readonly bytes: number;
}

/** Most halves kept for one channel; then the oldest go (they stay counted, and will draw no arrow). */
const MOST_HALVES = 1_000_000;
/** Sends of a broadcast kept for receivers that are slower than others. */
const MOST_BROADCAST = 4096;

/** Pairs sends and receives by position, in whichever order they are fed. */
export class Pairing {
  private readonly channels = new Map<
    ResourceEntity,
    { sends: Map<number, Half>; receives: Map<number, Half> }
  >();
  private readonly flows: FlowIndex;

  constructor(flows: FlowIndex) {
    this.flows = flows;
  }

  send(resource: ResourceEntity, n: number, half: Half): void {
    const { sends, receives } = this.of(resource);
    const broadcast = resource.kind === 'broadcast';
    const other = receives.get(n);
    if (other !== undefined) {
      receives.delete(n);
      this.flow(resource, n, half, other);
      if (!broadcast) return;
    }
    keep(sends, n, half, broadcast ? MOST_BROADCAST : MOST_HALVES);
  }

  receive(resource: ResourceEntity, n: number, half: Half): void {
    const { sends, receives } = this.of(resource);
    const other = sends.get(n);
    if (other === undefined) {
      keep(receives, n, half, MOST_HALVES);
      return;
    }
    if (resource.kind !== 'broadcast') sends.delete(n);
    this.flow(resource, n, other, half);
  }

  /** There was no send at this position. */
  forget(resource: ResourceEntity, n: number): void {
    this.of(resource).sends.delete(n);
  }

  /** Sends that nobody has received, oldest position first. */
  pending(resource: ResourceEntity): ReadonlyMap<number, Half> {
    return this.of(resource).sends;
  }

  private flow(resource: ResourceEntity, n: number, send: Half, receive: Half): void {
    const bytes = Math.max(send.bytes, receive.bytes);
    this.flows.push(resource.index, n, send.thread, send.time, receive.thread, receive.time, bytes);
    resource.latencySum += Math.max(0, receive.time - send.time);
    resource.latencyCount++;
  }

  private of(resource: ResourceEntity): { sends: Map<number, Half>; receives: Map<number, Half> } {
    let channel = this.channels.get(resource);
    if (channel === undefined) {
      channel = { sends: new Map(), receives: new Map() };
      this.channels.set(resource, channel);
    }
    return channel;
  }
}

function keep(halves: Map<number, Half>, n: number, half: Half, most: number): void {
  halves.set(n, half);
  if (halves.size > most) halves.delete(halves.keys().next().value as number);
}
