import type net from 'node:net';
import type { AuthenticationError } from '../../core/errors/errors.ts';
import { authenticate } from './auth.ts';
import type { Deframer } from './framing.ts';

/** So many at the same time; one more, and the oldest gives way, since who knows the key is through in milliseconds. */
const MOST = 64;

/**
 * The handshakes of a listener with a key, side by side: who says nothing holds up nobody else. They do not keep the program
 * alive.
 */
export class Handshakes {
  readonly #key: Uint8Array;
  /** The oldest first. */
  readonly #sockets = new Set<net.Socket>();
  readonly #onOpen: (socket: net.Socket, deframer: Deframer) => void;
  readonly #onFailure: (error: AuthenticationError) => void;

  constructor(
    key: Uint8Array,
    onOpen: (socket: net.Socket, deframer: Deframer) => void,
    onFailure: (error: AuthenticationError) => void,
  ) {
    this.#key = key;
    this.#onOpen = onOpen;
    this.#onFailure = onFailure;
  }

  begin(socket: net.Socket): void {
    const [oldest] = this.#sockets;
    if (this.#sockets.size >= MOST && oldest !== undefined) {
      this.#sockets.delete(oldest);
      oldest.destroy();
    }
    this.#sockets.add(socket);
    socket.unref();
    authenticate(socket, this.#key, 'listener')
      .finally(() => this.#sockets.delete(socket))
      .then(
        (deframer) => this.#onOpen(socket, deframer),
        (error: unknown) => this.#onFailure(error as AuthenticationError),
      );
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
