import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import net from 'node:net';
import { authenticate } from '../../../src/runtime/services/sockets/auth.ts';
import { SocketConnection } from '../../../src/runtime/services/sockets/socket-connection.ts';
import { array, framed, int, nothing, text } from '../../runtime/wire-bytes.ts';
import type { Target } from '../engine.ts';
import { wildNumber } from '../mutate.ts';

const KEY = Buffer.from('key');
const MOST_BYTES = 100_000;

/** A peer that says what it is given, in pieces whose lengths the first byte of the input decides, and then ends. */
class Peer extends net.Socket {
  readonly said: Buffer[] = [];
  #rest: Buffer;
  readonly #piece: number;

  constructor(input: Buffer) {
    super({ allowHalfOpen: true });
    this.#rest = input.subarray(1);
    this.#piece = 1 + (input[0] ?? 0);
  }
  override _read(): void {
    const piece = this.#rest.subarray(0, this.#piece);
    this.#rest = this.#rest.subarray(piece.length);
    this.push(piece.length > 0 ? Buffer.from(piece) : null);
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.said.push(Buffer.from(chunk));
    done();
  }
  override _writev(chunks: readonly { chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.said.push(Buffer.from(chunk));
    done();
  }
  override _final(done: () => void): void {
    done();
  }
}

/** What a listener without a key, or a server, reads of a peer. */
export const messages: Target = {
  name: 'messages',
  scripts: /services\/sockets\/|\/core\/codec\//,
  limitMs: 2000,
  seeds: () => [
    Buffer.concat([
      Buffer.from([255]),
      framed(array(int(1), text('x'))),
      framed(Buffer.from('bytes'), 1),
      framed(nothing),
    ]),
    Buffer.concat([
      Buffer.from([3]),
      framed(array(int(7), text('1'), text('set'), array(text('k'), int(1)), int(0))),
    ]),
  ],
  vary(input, random) {
    const length = random.chance(0.7) ? undefined : wildNumber(random) % 2 ** 32;
    const content = random.chance(0.5)
      ? random.bytes(random.below(40))
      : array(int(random.below(9)), text('y'));
    return Buffer.concat([
      input.subarray(0, random.below(input.length + 1)),
      framed(content, random.below(3), length),
    ]);
  },
  async run(input) {
    const peer = new Peer(input);
    const connection = SocketConnection.of(peer, {
      authenticated: false,
      maxMessageSize: MOST_BYTES,
    });
    for (let end = false; !end; ) {
      await connection.recv().catch((error: Error) => {
        assert.match(error.name, /^(SerializationError|OSError|EOFError)$/, String(error.stack));
        end = error.name !== 'SerializationError';
      });
    }
    connection.close();
  },
};

/** What a listener with a key reads of a stranger. */
export const handshakes: Target = {
  name: 'handshakes',
  scripts: /services\/sockets\//,
  limitMs: 2000,
  seeds: () => [
    Buffer.concat([
      Buffer.from([255]),
      framed(createHmac('sha256', 'other').update('x').digest(), 1),
      framed(Buffer.from('#CHALLENGE#x'), 1),
    ]),
    Buffer.concat([
      Buffer.from([9]),
      framed(Buffer.from('#WELCOME#'), 1),
      framed(Buffer.from('#WELCOME#'), 1),
    ]),
  ],
  vary(input, random) {
    const words = ['#WELCOME#', '#CHALLENGE#', '#FAILURE#', '', '#CHALLENGE#'.repeat(20)];
    const content = random.chance(0.7)
      ? Buffer.from(random.pick(words))
      : random.bytes(random.pick([32, 40, 51, 300]));
    const length = random.chance(0.8) ? undefined : wildNumber(random) % 2 ** 32;
    return Buffer.concat([
      input.subarray(0, random.below(input.length + 1)),
      framed(content, random.below(3), length),
    ]);
  },
  async run(input) {
    for (const side of ['listener', 'client'] as const) {
      const peer = new Peer(input);
      peer.on('error', () => {});
      await assert.rejects(authenticate(peer, KEY, side), { name: 'AuthenticationError' });
      const said = Buffer.concat(peer.said);
      assert.ok(!said.includes('#WELCOME#'), 'a stranger was welcomed');
      assert.ok(said.length < 1000, `${said.length} bytes were said to a stranger`);
    }
  },
};
