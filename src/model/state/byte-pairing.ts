import type { ResourceEntity, ThreadUse } from './entities.ts';

/** A piece of a byte stream at one end: `end` is the number of bytes up to its last one. */
interface Piece {
  readonly end: number;
  readonly bytes: number;
  readonly time: number;
  /** A chunk of its own; sums of chunks are recorded later than they went. */
  readonly exact: boolean;
}
interface Stream {
  /** More than one writer or reader, lost records, or bytes of somebody who is not traced: who sent what is not known. */
  mixed: boolean;
  readonly sender: ThreadUse[];
  readonly receiver: ThreadUse[];
  readonly sends: Piece[];
  readonly receives: Piece[];
}

/** A chunk whose last byte has arrived: when it went and when it came, from which thread to which. */
export interface PairedBytes {
  /** Bytes of the stream up to its end. */
  readonly end: number;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
  readonly sent: number;
  readonly received: number;
}

const MOST_PIECES = 4096;

/**
 * Pairs the pieces that go into a pipe with those that come out: other pieces, but the same bytes. With one writer and one
 * reader, a chunk has arrived when as many bytes have been read as were written up to its end. Sums tell no time: they
 * only move the count on.
 */
export class BytePairing {
  private readonly streams = new Map<ResourceEntity, Stream>();

  /** `n` and the count of the use differ when records were lost: nothing is paired then. Returns what is known to have arrived by it. */
  add(use: ThreadUse, way: 'send' | 'receive', n: number, piece: Omit<Piece, 'end'>): PairedBytes[] {
    const end = way === 'send' ? use.sentBytes : use.receivedBytes;
    const stream = this.of(use.resource);
    const ends = way === 'send' ? stream.sender : stream.receiver;
    if (!ends.includes(use)) ends.push(use);
    if (stream.sender.length > 1 || stream.receiver.length > 1 || end % 2 ** 32 !== n) stream.mixed = true;
    if (stream.mixed) {
      stream.sends.length = 0;
      stream.receives.length = 0;
      return [];
    }
    const pieces = way === 'send' ? stream.sends : stream.receives;
    pieces.push({ ...piece, end });
    if (pieces.length > MOST_PIECES) pieces.shift();
    return this.match(stream);
  }

  private match(stream: Stream): PairedBytes[] {
    const { sends, receives, sender, receiver } = stream;
    const paired: PairedBytes[] = [];
    const [from, to] = [sender[0], receiver[0]];
    for (
      let send = sends[0], receive = receives[0];
      send && receive;
      send = sends[0], receive = receives[0]
    ) {
      if (receive.end < send.end) {
        receives.shift();
        continue;
      }
      sends.shift();
      // What comes before it is sent was sent by somebody else.
      if (receive.time < send.time && send.exact) stream.mixed = true;
      if (stream.mixed || !send.exact || !receive.exact || !from || !to) continue;
      const { end, bytes, time: sent } = send;
      const [a, b] = [from.thread.index, to.thread.index];
      paired.push({ end, bytes, from: a, to: b, sent, received: receive.time });
    }
    return paired;
  }

  private of(resource: ResourceEntity): Stream {
    let stream = this.streams.get(resource);
    if (stream === undefined) {
      stream = { mixed: false, sender: [], receiver: [], sends: [], receives: [] };
      this.streams.set(resource, stream);
    }
    return stream;
  }
}
