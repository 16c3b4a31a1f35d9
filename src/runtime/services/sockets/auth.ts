/** Proof on both sides that the peer knows the key, without sending it: a challenge and its HMAC, each way. */
import type net from 'node:net';
import { crypto } from '../../../base/builtins.ts';
import { AuthenticationError, TypeMismatch } from '../../core/errors/errors.ts';
import { FORM } from '../../core/messages/ring.ts';
import { Deframer, frame } from './framing.ts';

const CHALLENGE = Buffer.from('#CHALLENGE#');
const WELCOME = Buffer.from('#WELCOME#');
const FAILURE = Buffer.from('#FAILURE#');
/** Most bytes of a message of a peer that has not shown yet that it knows the key, and of what it may send ahead. */
const MOST_BYTES = 256;
const MOST_AHEAD = 64 * 1024;
/** All of it must be over by then: a peer that says little must not hold up a listener for long. */
const LIMIT_MS = 20_000;

export type Side = 'listener' | 'client';

/** @throws TypeMismatch for a key that is not bytes */
export function checkKey(key: unknown): Uint8Array | undefined {
  if (key === undefined || key === null) return undefined;
  if (!(key instanceof Uint8Array)) throw new TypeMismatch('an authkey is a Buffer or Uint8Array');
  return key;
}

/**
 * The listener asks first. Resolves to what the peer has sent behind it. Rejects with AuthenticationError on both sides when
 * the keys differ, or when the peer does not answer; then the socket is destroyed.
 */
export async function authenticate(socket: net.Socket, key: Uint8Array, side: Side): Promise<Deframer> {
  const peer = new Peer(socket);
  try {
    if (side === 'client') await answer(peer, key);
    await challenge(peer, key);
    if (side === 'listener') await answer(peer, key);
  } catch (error) {
    // Not destroyed at once: the peer shall still get the word that its key was wrong.
    socket.destroySoon();
    if (error instanceof AuthenticationError) throw error;
    throw new AuthenticationError('the other side did not authenticate itself', { cause: error });
  } finally {
    peer.leave();
  }
  return peer.deframer;
}

async function challenge(peer: Peer, key: Uint8Array): Promise<void> {
  const message = crypto().randomBytes(40);
  peer.send(Buffer.concat([CHALLENGE, message]));
  const given = await peer.receive();
  const right = crypto().createHmac('sha256', key).update(message).digest();
  const equal = given.length === right.length && crypto().timingSafeEqual(given, right);
  peer.send(equal ? WELCOME : FAILURE);
  if (!equal) throw new AuthenticationError('digest received was wrong');
}

async function answer(peer: Peer, key: Uint8Array): Promise<void> {
  const asked = await peer.receive();
  if (!asked.subarray(0, CHALLENGE.length).equals(CHALLENGE))
    throw new AuthenticationError('no challenge came');
  peer.send(crypto().createHmac('sha256', key).update(asked.subarray(CHALLENGE.length)).digest());
  if (!(await peer.receive()).equals(WELCOME)) throw new AuthenticationError('digest sent was rejected');
}

/** A socket as long as it is not known who is at its other end. */
class Peer {
  readonly deframer = new Deframer(MOST_BYTES);
  readonly #socket: net.Socket;
  readonly #timer: NodeJS.Timeout;
  #failure: Error | undefined;
  #tell: () => void = () => {};

  constructor(socket: net.Socket) {
    this.#socket = socket;
    // Whoever waits for this keeps the program alive by the listener, or by the socket that connects.
    this.#timer = setTimeout(() => this.#fail('the other side did not answer'), LIMIT_MS).unref();
    socket.on('data', this.#push).on('end', this.#end).on('close', this.#end).resume();
    if (socket.destroyed) this.#end();
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(frame(FORM.bytes, bytes));
  }

  async receive(): Promise<Buffer> {
    for (;;) {
      const next = this.deframer.next();
      if (next?.form === FORM.bytes) return next.bytes;
      if (next !== undefined) throw new AuthenticationError('something else than a handshake came');
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#tell = resolve;
      });
    }
  }

  /** The socket is as it came, paused. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#socket.off('data', this.#push).off('end', this.#end).off('close', this.#end).pause();
  }

  readonly #push = (chunk: Buffer): void => {
    this.deframer.push(chunk);
    if (this.deframer.waiting > MOST_AHEAD) this.#fail('the other side says too much');
    this.#tell();
  };

  readonly #end = (): void => this.#fail('the other side has closed the connection');

  #fail(why: string): void {
    this.#failure ??= new AuthenticationError(why);
    this.#tell();
  }
}
