/**
 * Handles over sockets. What lies in this session's shared memory is nothing to whoever is at the other end, and what comes
 * from there is never taken for a place in it.
 */
import type { HandleCodec } from '../codec/tags.ts';
import { SerializationError } from '../errors/errors.ts';
import { handleTypeNamed, handleTypeOf } from './transfer.ts';

function toWire(value: object): readonly unknown[] | undefined {
  const type = handleTypeOf(value);
  if (type === undefined) return undefined;
  const { fields, blocks } = type.toWire(value);
  if (blocks.length > 0 || type.fromPeer === undefined) {
    throw new SerializationError(
      `a ${type.id} is in shared memory and cannot be sent over a socket; use a manager's`,
    );
  }
  return [type.id, fields];
}

/** For peers that have shown that they know the key. */
export const peerHandleCodec: HandleCodec = {
  toWire,
  fromWire([id, fields]) {
    const open = handleTypeNamed(id)?.fromPeer;
    if (open === undefined || !Array.isArray(fields))
      throw new SerializationError(`a message from a socket has a handle that is none there: ${String(id)}`);
    return open(fields);
  },
};

/** For whoever connects to a listener without a key: nothing that it sends makes this process open or connect to anything. */
export const strangerHandleCodec: HandleCodec = {
  toWire,
  fromWire() {
    throw new SerializationError(
      'a message from a socket has a handle, which is only taken from a peer that knows the authkey',
    );
  },
};
