import { WebSocket } from 'ws';
import type { Patience } from './patience.ts';

const CONNECTS_WITHIN = 5000;

/** The inspector did not answer in time: the thread runs no JavaScript that can be interrupted. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  constructor(method: string) {
    super(`no answer to ${method}`);
  }
}

/** The inspector answered with an error. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

type Params = Readonly<Record<string, unknown>>;
type Listener = (params: Params) => void;

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: Params;
}

/** A conversation with one thread in the Chrome DevTools Protocol. */
export abstract class CdpSession {
  /** How long answers are waited for where nothing else is said. */
  readonly patience: Patience;
  #ids = 0;
  readonly #calls = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(patience: Patience) {
    this.patience = patience;
  }

  /**
   * Calls a method and waits for its answer.
   * @throws NoAnswer, ProtocolError
   */
  call(method: string, params: Params = {}, patience: Patience = this.patience): Promise<Params> {
    const id = ++this.#ids;
    const { over, stop } = patience.start();
    return new Promise((resolve, reject) => {
      void over.then(() => {
        stop();
        this.#calls.delete(id);
        reject(new NoAnswer(method));
      });
      this.#calls.set(id, ({ result, error }) => {
        stop();
        if (error) reject(new ProtocolError(error.message));
        else resolve((result ?? {}) as Params);
      });
      this.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Calls a method without waiting for an answer. */
  tell(method: string, params: Params = {}): void {
    this.send(JSON.stringify({ id: ++this.#ids, method, params }));
  }

  /** Returns what takes the listener away again. */
  on(event: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** The first such event, or `null` when none comes. */
  next(event: string, patience: Patience = this.patience): Promise<Params | null> {
    const { over, stop } = patience.start();
    return new Promise((resolve) => {
      const end = (params: Params | null): void => {
        stop();
        ignore();
        resolve(params);
      };
      const ignore = this.on(event, end);
      void over.then(() => end(null));
    });
  }

  protected abstract send(text: string): void;

  protected received(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.id !== undefined) {
      this.#calls.get(message.id)?.(message);
      this.#calls.delete(message.id);
    } else if (message.method !== undefined) {
      for (const listener of this.#listeners.get(message.method) ?? []) listener(message.params ?? {});
    }
  }
}

/** The main thread, over the inspector's own web socket. */
export class MainSession extends CdpSession {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket, patience: Patience) {
    super(patience);
    this.#socket = socket;
    socket.on('message', (data) => this.received(data.toString()));
    socket.on('error', () => {});
  }

  /** @throws Error when it cannot be connected to */
  static open(url: string, patience: Patience): Promise<MainSession> {
    const socket = new WebSocket(url, { handshakeTimeout: CONNECTS_WITHIN, perMessageDeflate: false });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new MainSession(socket, patience)));
      socket.once('error', reject);
    });
  }

  get closed(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }
  close(): void {
    this.#socket.terminate();
  }
  protected send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }
}

/** A worker thread, whose messages its main thread passes on. */
export class WorkerSession extends CdpSession {
  readonly title: string;
  readonly #main: MainSession;
  readonly #id: string;

  constructor(main: MainSession, id: string, title: string) {
    super(main.patience);
    this.#main = main;
    this.#id = id;
    this.title = title;
    main.on('NodeWorker.receivedMessageFromWorker', ({ sessionId, message }) => {
      if (sessionId === id) this.received(String(message));
    });
  }

  protected send(message: string): void {
    this.#main.tell('NodeWorker.sendMessageToWorker', { sessionId: this.#id, message });
  }
}
