/** Proof on both sides that the peer knows the key, without sending it: a challenge and its HMAC, each way. */
import { crypto } from '../../../base/builtins.ts';
import { AuthenticationError, TypeMismatch } from '../../core/errors/errors.ts';
import type { SocketConnection } from './socket-connection.ts';

const CHALLENGE = Buffer.from('#CHALLENGE#');
const WELCOME = Buffer.from('#WELCOME#');
const FAILURE = Buffer.from('#FAILURE#');
const MOST_BYTES = 256;
const SECONDS = 20;

/** @throws TypeMismatch for a key that is not bytes */
export function checkKey(key: unknown): Uint8Array | undefined {
  if (key === undefined || key === null) return undefined;
  if (!(key instanceof Uint8Array)) throw new TypeMismatch('an authkey is a Buffer or Uint8Array');
  return key;
}

/** The listener asks first. Rejects with AuthenticationError on both sides when the keys differ. */
export async function authenticate(
  connection: SocketConnection,
  key: Uint8Array,
  side: 'listener' | 'client',
): Promise<void> {
  connection.limitTo(MOST_BYTES);
  try {
    if (side === 'client') await answer(connection, key);
    await challenge(connection, key);
    if (side === 'listener') await answer(connection, key);
  } catch (error) {
    connection.close();
    if (error instanceof AuthenticationError) throw error;
    throw new AuthenticationError('the other side did not authenticate itself', { cause: error });
  }
  connection.limitTo(Number.MAX_SAFE_INTEGER);
}

async function challenge(connection: SocketConnection, key: Uint8Array): Promise<void> {
  const message = crypto().randomBytes(40);
  await connection.sendBytes(Buffer.concat([CHALLENGE, message]));
  const given = await receive(connection);
  const right = crypto().createHmac('sha256', key).update(message).digest();
  const equal = given.length === right.length && crypto().timingSafeEqual(given, right);
  await connection.sendBytes(equal ? WELCOME : FAILURE);
  if (!equal) throw new AuthenticationError('digest received was wrong');
}

async function answer(connection: SocketConnection, key: Uint8Array): Promise<void> {
  const asked = await receive(connection);
  if (!asked.subarray(0, CHALLENGE.length).equals(CHALLENGE))
    throw new AuthenticationError('no challenge came');
  await connection.sendBytes(
    crypto().createHmac('sha256', key).update(asked.subarray(CHALLENGE.length)).digest(),
  );
  if (!(await receive(connection)).equals(WELCOME)) throw new AuthenticationError('digest sent was rejected');
}

/** A peer that says nothing must not hold up a listener for ever. */
async function receive(connection: SocketConnection): Promise<Buffer> {
  if (!(await connection.poll(SECONDS))) throw new AuthenticationError('the other side did not answer');
  return await connection.recvBytes(MOST_BYTES);
}
