import { WebSocket } from 'ws';

/** The inspector did not answer in time: the thread runs no JavaScript that can be interrupted. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  constructor(method: string, ms: number) {
    super(`no answer to ${method} within ${ms} ms`);
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
  #ids = 0;
  readonly #calls = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, Set<Listener>>();

  /**
   * Calls a method and waits for its answer.
   * @param ms how long
   * @throws NoAnswer, ProtocolError
   */
  call(method: string, params: Params, ms: number): Promise<Params> {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#calls.delete(id);
        reject(new NoAnswer(method, ms));
      }, ms);
      this.#calls.set(id, ({ result, error }) => {
        clearTimeout(timer);
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

  /** The first such event within `ms`, or `null`. */
  next(event: string, ms: number): Promise<Params | null> {
    return new Promise((resolve) => {
      const stop = this.on(event, (params) => {
        clearTimeout(timer);
        stop();
        resolve(params);
      });
      const timer = setTimeout(() => {
        stop();
        resolve(null);
      }, ms);
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

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on('message', (data) => this.received(data.toString()));
    socket.on('error', () => {});
  }

  /** @throws Error when it cannot be connected to within `ms` */
  static open(url: string, ms: number): Promise<MainSession> {
    const socket = new WebSocket(url, { handshakeTimeout: ms, perMessageDeflate: false });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new MainSession(socket)));
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
    super();
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
