import type { ResourceEntity } from './entities.ts';
import type { FlowIndex } from './flows.ts';
import { type Half, Halves } from './halves.ts';

/** Most halves kept for one channel, about 4 MB; then older ones go (they stay counted, and will draw no arrow). */
const MOST_HALVES = 131_072;
/** Sends of a broadcast kept for receivers that are slower than others. */
const MOST_BROADCAST = 4096;

interface Channel {
  readonly sends: Halves;
  readonly receives: Halves;
}

/** Pairs sends and receives by position, in whichever order they are fed. */
export class Pairing {
  private readonly channels = new Map<ResourceEntity, Channel>();
  private readonly flows: FlowIndex;

  constructor(flows: FlowIndex) {
    this.flows = flows;
  }

  /** @param thread index of the thread */
  send(resource: ResourceEntity, n: number, time: number, thread: number, bytes: number): void {
    const { sends, receives } = this.of(resource);
    const other = receives.get(n);
    if (other !== undefined) {
      receives.delete(n);
      this.flow(resource, n, { time, thread, bytes }, other);
      if (resource.kind !== 'broadcast') return;
    }
    sends.put(n, time, thread, bytes);
  }

  /** @param thread index of the thread */
  receive(resource: ResourceEntity, n: number, time: number, thread: number, bytes: number): void {
    const { sends, receives } = this.of(resource);
    const other = sends.get(n);
    if (other === undefined) {
      receives.put(n, time, thread, bytes);
      return;
    }
    if (resource.kind !== 'broadcast') sends.delete(n);
    this.flow(resource, n, other, { time, thread, bytes });
  }

  /** There was no send at this position. */
  forget(resource: ResourceEntity, n: number): void {
    this.of(resource).sends.delete(n);
  }

  /** How many of a thread's sends nobody has received. @param thread index of the thread */
  pendingOf(resource: ResourceEntity, thread: number): number {
    const { sends } = this.of(resource);
    return sends.size === 0 ? 0 : sends.countOf(thread);
  }

  private flow(resource: ResourceEntity, n: number, send: Half, receive: Half): void {
    const bytes = Math.max(send.bytes, receive.bytes);
    this.flows.push({
      resource: resource.index,
      n,
      from: send.thread,
      send: send.time,
      to: receive.thread,
      receive: receive.time,
      bytes,
    });
    resource.latencySum += Math.max(0, receive.time - send.time);
    resource.latencyCount++;
  }

  private of(resource: ResourceEntity): Channel {
    let channel = this.channels.get(resource);
    if (channel === undefined) {
      const most = resource.kind === 'broadcast' ? MOST_BROADCAST : MOST_HALVES;
      channel = { sends: new Halves(most), receives: new Halves(MOST_HALVES) };
      this.channels.set(resource, channel);
    }
    return channel;
  }
}
