/** Handles through `postMessage` and `workerData`, which would take their prototypes away. */
import type { SessionAddress } from '../../../shm/session.ts';
import { TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import { joinSharedSession, memory } from '../../core/handles/instance.ts';
import { decodeValue, encodeValue } from '../../core/messages/messages.ts';

const MARK = 'forkscope.shared.v1';

/** A handle, or a value with handles at any depth, as `postMessage` takes it to another thread of this process. */
export interface Shared<T> {
  readonly forkscope: typeof MARK;
  readonly session: SessionAddress;
  readonly bytes: Uint8Array;
  readonly blocks: readonly number[];
  /** 1 once somebody has opened it; until then it keeps the resources alive. In memory that all threads share. */
  readonly opened: SharedArrayBuffer;
  /** Only for the compiler. */
  readonly type?: T;
}

/**
 * Makes a handle (Lock, Queue, Connection …), or a value that has some, ready for `worker.postMessage` or `workerData`; the
 * other thread calls {@link open}. @throws SerializationError for what cannot travel
 */
export function share<T>(value: T): Shared<T> {
  const { session } = memory();
  const { bytes, length, blocks } = encodeValue(value);
  return {
    forkscope: MARK,
    session: session.address,
    bytes: Uint8Array.from(bytes.subarray(0, length)),
    blocks,
    opened: new SharedArrayBuffer(4),
  };
}

/**
 * The handle that another thread shared: the same resource, held by this thread too. May be called in several threads, as
 * long as somebody holds it. @throws ValueError when nobody does any more
 */
export function open<T>(shared: Shared<T>): T {
  if (shared?.forkscope !== MARK) throw new TypeMismatch('open() takes what share() has made');
  joinSharedSession(shared.session);
  const own = memory();
  if (own.session.address.id !== shared.session.id) {
    throw new ValueError('this thread has made shared memory of its own before; open() what it shares first');
  }
  const first = Atomics.compareExchange(new Int32Array(shared.opened), 0, 0, 1) === 0;
  // Decoding ends the message's flight, which only the first may do.
  if (!first) for (const at of shared.blocks) own.inFlight(at, 1);
  return decodeValue(Buffer.from(shared.bytes)) as T;
}
