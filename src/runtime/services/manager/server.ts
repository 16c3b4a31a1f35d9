/** A manager's server: objects, and the calls of clients on them. */

import type { ResourceInfo } from '../../../base/channels.ts';
import { AuthenticationError, EOFError, RemoteError } from '../../core/errors/errors.ts';
import { newToken, runAs } from '../../core/tasks/task.ts';
import { Connection } from '../../primitives/pipes/connection.ts';
import type { Queue } from '../../primitives/queues/queue.ts';
import { type Address, Listener } from '../sockets/listener.ts';
import type { SocketConnection } from '../sockets/socket-connection.ts';
import { publishCall, requestPipe } from './calls.ts';
import { Inbox } from './inbox.ts';
import { publicMethods, type RegisteredType, type Registry } from './registry.ts';
import { SerializedServerLink, tellMismatch } from './serialized-link.ts';
import { resolveSerializer, type Serializer, type SerializerReference } from './serializer.ts';
import { beginCall, TENANT_METHODS, Tenant } from './tenants.ts';
import {
  isRequest,
  type ProxyToken,
  REPLY,
  type Request,
  type Response,
  SERVER_METHODS,
  type ServerLink,
} from './wire.ts';

interface Entry {
  readonly object: object;
  readonly type: RegisteredType;
  readonly exposed: ReadonlySet<string>;
}

/** A client as its connection knows it. */
class Client extends Tenant {
  /** By the client's own numbers of its tasks. */
  readonly #tasks = new Map<number, number>();
  /** What its requests come by. */
  readonly pipe: ResourceInfo | undefined;

  constructor(link: ServerLink) {
    super();
    this.pipe = requestPipe(link, 'reader');
  }

  token(task: number): number {
    let token = this.#tasks.get(task);
    if (token === undefined) {
      token = newToken();
      this.#tasks.set(task, token);
      this.add(token);
    }
    return token;
  }

  /** Whether that was the client's word on itself, which a stranger's is not heard on. */
  hears(link: ServerLink, [, ident, method, args]: Request): boolean {
    if (ident !== '') return false;
    if (method === TENANT_METHODS.cancel) {
      this.cancel(Number(args[0]));
      return true;
    }
    if (!(link instanceof Connection)) return false;
    if (method === TENANT_METHODS.hello) this.pid = Number(args[0]);
    else if (method === TENANT_METHODS.bye) this.orderly = true;
    else return false;
    return true;
  }
}

export class Server {
  readonly #registry: Registry;
  readonly #objects = new Map<string, Entry>();
  /** Clients, and what ends each. */
  readonly #links = new Map<ServerLink, () => void>();
  #idents = 0;
  #reference: SerializerReference = 'forkscope';
  #serializer: Serializer | undefined;
  #stop: () => void = () => {};
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stop = resolve;
  });

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** How messages of remote clients are written. */
  async useSerializer(reference: SerializerReference): Promise<void> {
    this.#reference = reference;
    this.#serializer = await resolveSerializer(reference);
  }

  /** Resolves after `shutdown`. */
  async serve(inbox: Queue<ServerLink>, listener: Listener | undefined): Promise<void> {
    const stop = new AbortController();
    void this.#acceptLocal(inbox, stop.signal);
    if (listener !== undefined) void this.#acceptRemote(listener);
    await this.#stopped;
    stop.abort();
    listener?.close();
    for (const end of [...this.#links.values()]) end();
  }

  /** Where remote clients connect. */
  static async listen(address: Address | undefined, authkey: Uint8Array): Promise<Listener | undefined> {
    return address === undefined ? undefined : await Listener.create({ address, authkey, backlog: 128 });
  }

  async #acceptLocal(inbox: Queue<ServerLink>, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        this.#serveLocally((await inbox.get({ signal })) as Connection<Request, Response>);
      } catch {
        if (signal.aborted) return;
        // A client died between connecting and being served.
      }
    }
  }

  async #acceptRemote(listener: Listener): Promise<void> {
    for (;;) {
      try {
        void this.#converseRemotely(await listener.accept());
      } catch (error) {
        // Who does not know the key is turned away; the others are not concerned. Anything else: it is closed.
        if (!(error instanceof AuthenticationError)) return;
      }
    }
  }

  /** Serves a client of this session until it closes, dies, or sends what is no request. */
  #serveLocally(link: Connection<Request, Response>): void {
    const client = new Client(link);
    const inbox = new Inbox<Request>(link as Connection<Request, never>, {
      onMessage: (request) => this.#begin(link, request, client),
      onEnd: () => {
        client.leave();
        this.#links.delete(link);
        link.close();
      },
      published: true,
      eager: true,
    });
    this.#links.set(link, () => {
      inbox.close();
      link.close();
    });
    inbox.listen();
  }

  /** @throws RemoteError for what is no request */
  #begin(link: ServerLink, request: Request, client: Client): void {
    if (!isRequest(request)) throw new RemoteError('this is no request');
    if (client.hears(link, request)) return;
    runAs(client.token(request[4]), () => this.#answer(link, request, client));
  }

  async #converseRemotely(socket: SocketConnection): Promise<void> {
    const link = this.#serializer && new SerializedServerLink(socket, this.#serializer);
    const error = await this.#converse(link ?? (socket as SocketConnection<Request, Response>));
    if (!(error instanceof EOFError)) await tellMismatch(socket, this.#reference).catch(() => {});
    socket.close();
  }

  /**
   * Serves one client until it closes, dies, or sends what is no request; resolves to the error that told so. Calls run
   * side by side: one that blocks does not hold up the next.
   */
  async #converse(link: ServerLink): Promise<unknown> {
    this.#links.set(link, () => link.close());
    const client = new Client(link);
    try {
      for (;;) {
        this.#begin(link, await link.recv(), client);
        // A client that does not read its answers gets no more of them, and fills no memory here.
        if (!(link instanceof Connection)) await link.drained();
      }
    } catch (error) {
      client.leave();
      this.#links.delete(link);
      return error;
    }
  }

  /** Answers at once where the object does. */
  #answer(link: ServerLink, [id, ident, method, args]: Request, client: Client): void {
    publishCall('callStart', client.pipe, id);
    try {
      const value = beginCall(id, () =>
        ident === '' ? this.#own(method, args) : this.#call(ident, method, args),
      );
      if (value instanceof Promise) void this.#answerLater(link, [id, ident, method, args, 0], client, value);
      else {
        const response = this.#wrap(id, ident, method, value);
        this.#respond(link, response, client, method === 'shutdown' && ident === '');
      }
    } catch (error) {
      this.#respond(link, [id, REPLY.error, error], client, false);
    }
  }

  async #answerLater(
    link: ServerLink,
    [id, ident, method]: Request,
    client: Client,
    promise: Promise<unknown>,
  ): Promise<void> {
    let response: Response;
    try {
      response = this.#wrap(id, ident, method, await promise);
    } catch (error) {
      response = [id, REPLY.error, error];
    }
    this.#respond(link, response, client, false);
  }

  #respond(link: ServerLink, response: Response, client: Client, stop: boolean): void {
    client.answered(response[0]);
    publishCall('callEnd', client.pipe, response[0]);
    if (!sendAtOnce(link, response)) {
      void this.#send(link, response).then(() => {
        if (stop) this.#stop();
      });
    } else if (stop) this.#stop();
  }

  async #send(link: ServerLink, response: Response): Promise<void> {
    try {
      await link.send(response);
    } catch (error) {
      if (link.closed || (error as { code?: string }).code === 'EPIPE') return;
      await link
        .send([response[0], REPLY.error, new RemoteError(`the result cannot be sent: ${String(error)}`)])
        .catch(() => {});
    }
  }

  #wrap(id: number, ident: string, method: string, value: unknown): Response {
    if (ident === '') return [id, method === 'create' ? REPLY.proxy : REPLY.value, value];
    const stays = this.#objects.get(ident)?.type.methodToTypeid ?? {};
    const typeid = Object.hasOwn(stays, method) ? stays[method] : undefined;
    if (typeid === undefined) return [id, REPLY.value, value];
    return [id, REPLY.proxy, this.#add(this.#typeOf(typeid), value as object)];
  }

  #own(method: string, args: readonly unknown[]): unknown {
    if (!(SERVER_METHODS as readonly string[]).includes(method))
      throw new RemoteError(`the server has no method ${method}`);
    if (method === 'create') return this.#create(args[0] as string, args[1] as never[]);
    if (method === 'dispose') return this.#objects.delete(args[0] as string);
    return method === 'numberOfObjects' ? this.#objects.size : undefined;
  }

  async #create(typeid: string, args: never[]): Promise<ProxyToken> {
    const type = this.#typeOf(typeid);
    if (type.make === undefined) throw new RemoteError(`a ${typeid} is not made by clients`);
    return this.#add(type, (await type.make(...args)) as object);
  }

  #typeOf(typeid: string): RegisteredType {
    const type = this.#registry.get(typeid);
    if (type === undefined)
      throw new RemoteError(`type ${typeid} is not registered in the manager's process`);
    return type;
  }

  #add(type: RegisteredType, object: object): ProxyToken {
    const ident = String(++this.#idents);
    const exposed = type.exposed ?? publicMethods(object);
    this.#objects.set(ident, { object, type, exposed: new Set(exposed) });
    return { typeid: type.typeid, ident, exposed };
  }

  #call(ident: string, method: string, args: readonly unknown[]): unknown {
    const entry = this.#objects.get(ident);
    if (entry === undefined) throw new RemoteError(`the object (${ident}) no longer exists`);
    if (!entry.exposed.has(method))
      throw new RemoteError(`method ${method} of ${entry.type.typeid} is not exposed`);
    return (entry.object as Record<string, (...args: readonly unknown[]) => unknown>)[method]?.(...args);
  }
}

/** False where it must wait, or cannot be sent; then {@link Connection.send} says why. */
function sendAtOnce(link: ServerLink, response: Response): boolean {
  try {
    return link instanceof Connection && link.sendAtOnce(response);
  } catch {
    return false;
  }
}
