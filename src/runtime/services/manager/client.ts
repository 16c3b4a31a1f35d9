/** A thread's connection to a manager's server, and the calls over it. */
import { processState } from '../../../shm/liveness.ts';
import { EOFError, OSError, RemoteError } from '../../core/errors/errors.ts';
import { withCaller } from '../../core/errors/stacks.ts';
import { ofResource, openResourceFields, resourceFields, resourceOf } from '../../core/handles/handle.ts';
import { beforeRelease } from '../../core/handles/instance.ts';
import { currentTask } from '../../core/tasks/task.ts';
import { Connection, Pipe } from '../../primitives/pipes/connection.ts';
import { Queue } from '../../primitives/queues/queue.ts';
import { authKey } from '../process/authkey.ts';
import { type Address, Client, isAddress } from '../sockets/listener.ts';
import type { SocketConnection } from '../sockets/socket-connection.ts';
import { CallWait, requestPipe } from './calls.ts';
import { Inbox } from './inbox.ts';
import { checkMismatch, SerializedClientLink } from './serialized-link.ts';
import { isKnownSerializer, resolveSerializer, type SerializerReference } from './serializer.ts';
import { TENANT_METHODS } from './tenants.ts';
import {
  type ClientLink,
  checkToken,
  isResponse,
  type ProxyToken,
  REPLY,
  type RemoteClientLink,
  type Request,
  type Response,
  type ServerLink,
} from './wire.ts';

/** Where a server is: in this session (its inbox in shared memory), or behind a socket. */
export type ServerAddress =
  | { readonly kind: 'memory'; readonly pid: number; readonly inbox: Queue<ServerLink> }
  | {
      readonly kind: 'socket';
      readonly address: Address;
      readonly authkey?: Uint8Array;
      readonly serializer: SerializerReference;
    };

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly wait: CallWait;
}

/** So often a client that waits looks whether its server lives. */
const LOOK_AGAIN_MS = 500;

export class ServerClient {
  readonly address: ServerAddress;
  readonly #makeProxy: (token: ProxyToken, client: ServerClient) => object;
  readonly #calls = new Map<number, Call>();
  #link: Promise<ClientLink> | undefined;
  /** What `#link` has resolved to. */
  #open: ClientLink | undefined;
  #numbers = 0;
  #reading = false;
  #inbox: Inbox<Response> | undefined;

  constructor(address: ServerAddress, makeProxy: (token: ProxyToken, client: ServerClient) => object) {
    this.address = address;
    this.#makeProxy = makeProxy;
  }

  /** Calls a method of an object in the server; rejects with what it throws, or OSError when the server is gone. */
  async call(
    ident: string,
    method: string,
    args: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    const link = this.#open ?? (await this.#connected());
    const id = ++this.#numbers;
    const request: Request = [id, ident, method, args, currentTask()];
    const wait = new CallWait(requestPipe(link, 'writer'), id, signal);
    const cancel = (): void => this.#cancel(link, id);
    const answer = new Promise<unknown>((resolve, reject) => this.#calls.set(id, { resolve, reject, wait }));
    answer.catch(() => {});
    try {
      if (!(link instanceof Connection && link.sendAtOnce(request))) await link.send(request);
    } catch (error) {
      this.#calls.delete(id);
      wait.end('error');
      throw (error as { code?: string }).code === 'EPIPE' ? this.#gone() : error;
    }
    if (link instanceof Connection) this.#expect();
    else if (!this.#reading) void this.#read(link);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await answer;
    } catch (error) {
      // What it has got nevertheless, an item say, is not thrown away: then there is no error.
      if (signal?.aborted === true) throw signal.reason;
      throw withCaller(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  #cancel(link: ClientLink, id: number): void {
    const request: Request = [0, '', TENANT_METHODS.cancel, [id], 0];
    try {
      if (link instanceof Connection && link.sendAtOnce(request)) return;
    } catch {
      return; // The server is gone, and the call fails by that.
    }
    void (link.send(request) as Promise<void>).catch(() => {});
  }

  /** Sees to it that the answer is received: it may come at once, where nothing else is under way. */
  #expect(): void {
    if (this.#calls.size === 1) this.#inbox?.pollBriefly();
    if (this.#calls.size > 0) this.#inbox?.listen();
  }

  async #connected(): Promise<ClientLink> {
    this.#link ??= this.#connect();
    try {
      this.#open = await this.#link;
      return this.#open;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  #forget(): void {
    this.#link = undefined;
    this.#open = undefined;
    this.#inbox?.close();
    this.#inbox = undefined;
  }

  /** Tells the server that this thread ends in order: what it has locked stays locked, as other locks do. */
  sayBye(): void {
    if (!(this.#open instanceof Connection)) return;
    try {
      this.#open.sendAtOnce([0, '', TENANT_METHODS.bye, [], 0]);
    } catch {
      // The server is gone.
    }
  }

  /** Ends the connection; calls under way reject. */
  close(): void {
    this.sayBye();
    void this.#link?.then((link) => link.close()).catch(() => {});
    this.#forget();
    this.#failAll(this.#gone());
  }

  async #connect(): Promise<ClientLink> {
    const { address } = this;
    if (address.kind === 'memory') return await this.#connectLocally(address.inbox, address.pid);
    const serializer = await resolveSerializer(address.serializer);
    const socket = await Client(address.address, { authkey: address.authkey ?? authKey() });
    if (serializer !== undefined) return new SerializedClientLink(socket, serializer);
    return socket as SocketConnection<Response, Request>;
  }

  async #connectLocally(inbox: Queue<ServerLink>, pid: number): Promise<ClientLink> {
    if (!processState(pid).alive) throw this.#gone();
    const [ours, theirs] = Pipe<Response, Request>();
    await inbox.put(theirs as ServerLink);
    ours.sendAtOnce([0, '', TENANT_METHODS.hello, [process.pid], 0]);
    // Ours must be the only copy outside of the server, or its death would not be seen.
    theirs.close();
    this.#inbox = new Inbox<Response>(ours as Connection<Response, never>, {
      onMessage: (response) => {
        this.#settle(response);
        if (this.#calls.size === 0) this.#inbox?.rest();
      },
      onEnd: (error) => this.#lost(error),
      // What the thread waits for are the answers to its calls, each a wait of its own.
      published: false,
      lookAgain: { ms: LOOK_AGAIN_MS, look: () => this.#checkServer() },
      eager: false,
    });
    return ours;
  }

  /** Reads a socket while calls are under way, so that an idle client keeps nothing alive. */
  async #read(link: RemoteClientLink): Promise<void> {
    this.#reading = true;
    try {
      while (this.#calls.size > 0) this.#settle(await link.recv());
    } catch (error) {
      this.#lost(error);
    }
    this.#reading = false;
  }

  #lost(error: unknown): void {
    this.#forget();
    this.#failAll(error instanceof EOFError || error instanceof OSError ? this.#gone() : error);
  }

  /** A server that died before it took our end from its inbox never closes it. */
  #checkServer(): void {
    const { address } = this;
    if (address.kind === 'memory' && !processState(address.pid).alive) throw this.#gone();
  }

  #settle(response: Response): void {
    checkMismatch(response);
    if (!isResponse(response)) throw new RemoteError("this is no answer of a manager's server");
    const [id, kind, value] = response;
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.wait.end(kind === REPLY.error ? 'error' : 'ok');
    if (kind === REPLY.error) call?.reject(value);
    else if (kind === REPLY.proxy) call?.resolve(this.#makeProxy(checkToken(value), this));
    else call?.resolve(value);
  }

  #failAll(error: unknown): void {
    for (const { reject, wait } of this.#calls.values()) {
      wait.end('closed');
      reject(error);
    }
    this.#calls.clear();
  }

  #gone(): OSError {
    return new OSError("the manager's process has ended", { code: 'ECONNREFUSED' });
  }
}

const clients = new Map<string, ServerClient>();
beforeRelease(() => {
  for (const client of clients.values()) client.sayBye();
});

/** This thread's client for a server: proxies of one server share it. */
export function clientFor(
  address: ServerAddress,
  makeProxy: (token: ProxyToken, client: ServerClient) => object,
): ServerClient {
  const key = address.kind === 'memory' ? resourceOf(address.inbox).info.key : remoteKey(address);
  let client = clients.get(key);
  if (client === undefined) {
    client = new ServerClient(address, makeProxy);
    clients.set(key, client);
  }
  return client;
}

/** Who connects with another key is another client. */
function remoteKey({ address, authkey, serializer }: ServerAddress & { readonly kind: 'socket' }): string {
  return JSON.stringify([address, Buffer.from(authkey ?? authKey()).toString('hex'), serializer]);
}

export function forgetClient(client: ServerClient): void {
  client.close();
  for (const [key, known] of clients) if (known === client) clients.delete(key);
}

/** An address as it travels in a message, with the blocks that travel with it. */
export function addressToWire(address: ServerAddress): {
  fields: readonly unknown[];
  blocks: readonly number[];
} {
  if (address.kind === 'socket')
    return { fields: [address.kind, address.address, address.serializer], blocks: [] };
  const resource = resourceOf(address.inbox);
  return { fields: [address.kind, address.pid, resourceFields(resource)], blocks: [resource.at] };
}

export function addressFromWire(fields: readonly unknown[]): ServerAddress {
  if (fields[0] === 'socket') {
    const serializer = fields[2] as SerializerReference;
    return { kind: 'socket', address: fields[1] as Address, serializer };
  }
  const inbox = new Queue<ServerLink>(
    ofResource.pass(openResourceFields(fields[2] as readonly unknown[], 'queue')),
  );
  return { kind: 'memory', pid: fields[1] as number, inbox };
}

/** As a peer gives it: only a socket, and only a serializer that this process uses itself. @throws RemoteError */
export function addressFromPeer([kind, address, serializer]: readonly unknown[]): ServerAddress {
  if (kind === 'socket' && isAddress(address) && isKnownSerializer(serializer))
    return { kind, address, serializer };
  throw new RemoteError('a proxy arrived whose server this process cannot reach');
}
