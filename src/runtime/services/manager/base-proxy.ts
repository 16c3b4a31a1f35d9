import { inspect } from 'node:util';
import { Internal } from '../../core/arguments/internal.ts';
import { type AsyncWaitOptions, limitOf, patience, type TimeLimit } from '../../core/arguments/options.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import {
  addressFromPeer,
  addressFromWire,
  addressToWire,
  clientFor,
  type ServerAddress,
  type ServerClient,
} from './client.ts';
import { type CallLimits, checkToken, type ProxyToken } from './wire.ts';

/** The object in a server that a new proxy stands for. Its constructor hands it to that of {@link BaseProxy}. */
export interface ProxyOrigin {
  readonly [origin]: never;
}
declare const origin: unique symbol;
const origins = new Internal<{ readonly token: ProxyToken; readonly client: ServerClient }>();

/** Stands for an object in a manager's server. It can be sent to any process, and put into other proxies. */
export class BaseProxy {
  readonly #token: ProxyToken;
  readonly #client: ServerClient;

  /** `origin` is what the runtime gives to a class that was registered as `proxyType`. */
  constructor(origin: ProxyOrigin) {
    const { token, client } = origins.expect(
      origin,
      'a proxy comes from a manager: await manager.create(typeid)',
    );
    this.#token = token;
    this.#client = client;
  }

  /** Calls a method of the object by its name; only exposed ones can be called. */
  callMethod(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#client.call(this.#token.ident, method, args);
  }

  /** As {@link callMethod}, for what waits: its limits follow the arguments, and the signal cancels the call in the server. */
  protected async callLimited(
    method: string,
    args: readonly unknown[],
    limits: TimeLimit | AsyncWaitOptions,
  ): Promise<unknown> {
    if (limits === undefined || limits === null) return await this.callMethod(method, ...args);
    if (typeof limits === 'object') patience(limits);
    const { ms, signal } = limitOf(limits);
    signal?.throwIfAborted();
    const sent: CallLimits = {
      ...(ms !== Number.POSITIVE_INFINITY && { timeout: ms / 1000 }),
      ...(typeof limits === 'object' && 'block' in limits && limits.block === false && { block: false }),
      ...(signal !== undefined && { cancellable: true }),
    };
    return await this.#client.call(this.#token.ident, method, [...args, sent], signal);
  }

  /** What the object's own text is. */
  async str(): Promise<string> {
    if (!this.#token.exposed.includes('str')) return inspect(this);
    return (await this.callMethod('str')) as string;
  }

  /** Takes the object out of the server; every proxy of it fails from then on. Otherwise it lives as long as its manager. */
  async dispose(): Promise<void> {
    await this.#client.call('', 'dispose', [this.#token.ident]);
  }

  [inspect.custom](): string {
    return `<${this.constructor.name} object, typeid '${this.#token.typeid}' (${this.#token.ident})>`;
  }

  /** What it stands for, and by whom it asks. @internal */
  static parts(proxy: BaseProxy): { readonly token: ProxyToken; readonly client: ServerClient } {
    return { token: proxy.#token, client: proxy.#client };
  }
}

type ProxyMaker = (token: ProxyToken, client: ServerClient) => object;
const makers = new Map<string, ProxyMaker>();

/** Which class proxies of a typeid have, in this process. */
export function setProxyType(typeid: string, type: new (origin: ProxyOrigin) => object): void {
  makers.set(typeid, (token, client) => new type(origins.pass({ token, client })));
}

export function makeProxy(token: ProxyToken, client: ServerClient): object {
  const make = makers.get(token.typeid);
  return make === undefined ? automatic(token, client) : make(token, client);
}

/** A proxy of a type without a class of its own: its methods are those that the server exposes. */
function automatic(token: ProxyToken, client: ServerClient): object {
  const proxy = new BaseProxy(origins.pass({ token, client }));
  for (const method of token.exposed) {
    // With a `then` an awaited proxy would be asked for its value.
    if (method in proxy || method === 'then') continue;
    Object.defineProperty(proxy, method, {
      value: (...args: unknown[]) => proxy.callMethod(method, ...args),
    });
  }
  return proxy;
}

registerHandle<BaseProxy>(BaseProxy.prototype, {
  id: 'proxy',
  toWire(proxy) {
    const { token, client } = BaseProxy.parts(proxy);
    const { fields, blocks } = addressToWire(client.address);
    return { fields: [token.typeid, token.ident, token.exposed, ...fields], blocks };
  },
  fromWire: (fields) => open(fields, addressFromWire(fields.slice(3))),
  fromPeer: (fields) => open(fields, addressFromPeer(fields.slice(3))),
});

/** @throws RemoteError */
function open([typeid, ident, exposed]: readonly unknown[], address: ServerAddress): BaseProxy {
  const token = checkToken({ typeid, ident, exposed });
  return makeProxy(token, clientFor(address, makeProxy)) as BaseProxy;
}
