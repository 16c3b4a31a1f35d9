import { pathToFileURL } from 'node:url';
import { OWN_HANDLE } from '../../../base/environment.ts';
import { atMost } from '../../core/arguments/internal.ts';
import { optionsOf } from '../../core/arguments/options.ts';
import { AssertionError, RemoteError, TypeMismatch } from '../../core/errors/errors.ts';
import type { Reference } from '../../core/functions/function-reference.ts';
import { load } from '../../core/functions/load.ts';
import { refer, type Target } from '../../core/functions/reference.ts';
import { resolveReference } from '../../core/functions/resolve.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { type AnyFunction, task } from '../../core/tasks/task.ts';
import { type Connection, Pipe } from '../../primitives/pipes/connection.ts';
import { Queue } from '../../primitives/queues/queue.ts';
import { authKey } from '../process/authkey.ts';
import { Process } from '../process/process.ts';
import { current } from '../process/state.ts';
import { asService, publishTargetStart } from '../process/target-start.ts';
import { checkKey } from '../sockets/auth.ts';
import type { Address, Listener } from '../sockets/listener.ts';
import { makeProxy, type ProxyOrigin, setProxyType } from './base-proxy.ts';
import { clientFor, forgetClient, type ServerClient } from './client.ts';
import type { DictProxy, ListProxy, NamespaceProxy, ValueProxy } from './container-proxies.ts';
import './container-proxies.ts';
import './pool-proxy.ts';
import './sync-proxies.ts';
import type { PoolProxy } from './pool-proxy.ts';
import { addType, makeType, type TypeOptions, typesOf } from './registry.ts';
import { referSerializer, type SerializerOption, type SerializerReference } from './serializer.ts';
import { Server } from './server.ts';
import type { AcquirerProxy, BarrierProxy, ConditionProxy, EventProxy, QueueProxy } from './sync-proxies.ts';
import { standardTypes } from './types.ts';
import type { ServerLink } from './wire.ts';

export interface ManagerOptions {
  /** Where remote clients connect, `[host, 0]` for a free port. Without one, only processes of this program can. */
  readonly address?: Address;
  /** What remote clients must know; that of the process unless given. */
  readonly authkey?: Uint8Array;
  readonly name?: string;
  /** How calls of remote clients are written; they give the same. `forkscope` unless given. */
  readonly serializer?: SerializerOption;
}

type Ready = { readonly address: Address | undefined } | { readonly error: unknown };
interface ServeOptions {
  readonly address: Address | undefined;
  readonly authkey: Uint8Array;
  readonly serializer: SerializerReference;
  readonly manager: Reference | undefined;
  readonly initializer: Reference | undefined;
  readonly initargs: readonly unknown[];
}

let names = 0;
const STOP_SECONDS = 5;

/**
 * A server process that holds objects, and this side of it. `register` gives a subclass its own types; an exported
 * subclass registers them at the top level of its module, which the server's process imports too.
 */
export class BaseManager implements AsyncDisposable {
  readonly #options: ManagerOptions;
  #phase: 'initial' | 'started' | 'shutdown' = 'initial';
  #address: Address | undefined;
  #client: ServerClient | undefined;
  #process: Process | undefined;

  /** @throws TypeMismatch for what is no options, and for a key that is not bytes */
  constructor(options?: ManagerOptions);
  constructor(...given: [options?: ManagerOptions]) {
    const [options = {}] = atMost(1, given, 'new SyncManager({ address, authkey, name, serializer })');
    checkKey(optionsOf(options).authkey);
    this.#options = options;
    this.#address = options.address;
  }

  /**
   * Lets managers of this class make objects of `typeid` with `callable`, a function or class. Clients get proxies:
   * `exposed` are the methods that they may call.
   */
  static register(
    typeid: string,
    callable?: AnyFunction | (new (...args: never[]) => object),
    options: TypeOptions = {},
  ): void {
    // biome-ignore lint/complexity/noThisInStatic: the subclass that registers is meant
    addType(this, makeType(typeid, callable, options));
    if (options.proxyType !== undefined) {
      setProxyType(typeid, options.proxyType as new (origin: ProxyOrigin) => object);
    }
  }

  /** Where remote clients connect. */
  get address(): Address | undefined {
    return this.#address;
  }
  /** The server's process id; null before `start` and for a manager that is only connected to. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Starts the server; `initializer(...initargs)` runs in it first. Resolves when it serves. */
  async start(initializer?: AnyFunction, initargs: readonly unknown[] = []): Promise<this> {
    this.#checkPhase('initial', 'start');
    if (initializer !== undefined && typeof initializer !== 'function')
      throw new TypeMismatch('initializer must be a function');
    const manager = this.constructor as typeof BaseManager;
    const options: ServeOptions = {
      address: this.#options.address,
      authkey: this.#options.authkey ?? authKey(),
      serializer: await referSerializer(this.#options.serializer),
      manager:
        manager === BaseManager || manager === SyncManager
          ? undefined
          : await referenceOf(manager, 'the manager class'),
      initializer: initializer && (await referenceOf(initializer, 'Manager initializer')),
      initargs,
    };
    const inbox = new Queue<ServerLink>({ name: 'manager inbox' });
    const [ready, tell] = Pipe<Ready>(false);
    const name = this.#options.name ?? `SyncManager-${++names}`;
    this.#process = new Process({
      target: serveManager,
      args: [inbox, tell, options],
      name,
      daemon: true,
    }) as Process;
    await this.#process.start();
    tell.close();
    const answer = await ready
      .recv()
      .catch((cause: unknown) => ({ error: new RemoteError('the manager did not start', { cause }) }));
    ready.close();
    if ('error' in answer) throw answer.error;
    this.#address = answer.address;
    this.#client = clientFor({ kind: 'memory', pid: this.#process.pid ?? 0, inbox }, makeProxy);
    this.#phase = 'started';
    return this;
  }

  /** Connects to the server of another program, at this manager's address. Rejects when nobody is there. */
  async connect(): Promise<this> {
    this.#checkPhase('initial', 'connect');
    if (this.#address === undefined) throw new AssertionError('connect() needs an address');
    const authkey = this.#options.authkey ?? authKey();
    const serializer = await referSerializer(this.#options.serializer);
    this.#client = clientFor({ kind: 'socket', address: this.#address, authkey, serializer }, makeProxy);
    await this.#client.call('', 'numberOfObjects', []);
    this.#phase = 'started';
    return this;
  }

  /** Makes an object of a registered type in the server; resolves to a proxy. */
  async create(typeid: string, ...args: readonly unknown[]): Promise<unknown> {
    return await this.#server().call('', 'create', [typeid, args]);
  }

  /** How many objects the server holds. */
  async numberOfObjects(): Promise<number> {
    return (await this.#server().call('', 'numberOfObjects', [])) as number;
  }

  /** Ends the server that this manager started; its proxies fail from then on. A second call does nothing. */
  async shutdown(): Promise<void> {
    if (this.#phase !== 'started') return;
    this.#phase = 'shutdown';
    const client = this.#server();
    if (this.#process !== undefined) {
      await client.call('', 'shutdown', []).catch(() => {});
      await this.#process.join(STOP_SECONDS);
      if (this.#process.isAlive()) this.#process.terminate();
      await this.#process.join();
    }
    forgetClient(client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #server(): ServerClient {
    if (this.#client === undefined) throw new AssertionError('server not yet started');
    return this.#client;
  }

  #checkPhase(phase: 'initial', what: string): void {
    if (this.#phase === phase) return;
    throw new AssertionError(
      this.#phase === 'started' ? `${what}(): already started server` : `${what}(): manager has shut down`,
    );
  }
}

/** A manager of Python's shared types. */
export class SyncManager extends BaseManager {
  dict<K = unknown, V = unknown>(
    content: Map<K, V> | readonly (readonly [K, V])[] | Readonly<Record<string, V>> = [],
  ): Promise<DictProxy<K, V>> {
    return this.create('dict', content) as Promise<DictProxy<K, V>>;
  }
  list<T = unknown>(content: Iterable<T> = []): Promise<ListProxy<T>> {
    return this.create('list', [...content]) as Promise<ListProxy<T>>;
  }
  Namespace(fields: Readonly<Record<string, unknown>> = {}): Promise<NamespaceProxy> {
    return this.create('Namespace', fields) as Promise<NamespaceProxy>;
  }
  Value<T>(typecode: string, value: T): Promise<ValueProxy<T>> {
    return this.create('Value', typecode, value) as Promise<ValueProxy<T>>;
  }
  Array<T>(typecode: string, content: Iterable<T>): Promise<ListProxy<T>> {
    return this.create('Array', typecode, [...content]) as Promise<ListProxy<T>>;
  }
  Lock(): Promise<AcquirerProxy> {
    return this.create('Lock') as Promise<AcquirerProxy>;
  }
  RLock(): Promise<AcquirerProxy> {
    return this.create('RLock') as Promise<AcquirerProxy>;
  }
  Semaphore(value = 1): Promise<AcquirerProxy> {
    return this.create('Semaphore', value) as Promise<AcquirerProxy>;
  }
  BoundedSemaphore(value = 1): Promise<AcquirerProxy> {
    return this.create('BoundedSemaphore', value) as Promise<AcquirerProxy>;
  }
  Condition(): Promise<ConditionProxy> {
    return this.create('Condition') as Promise<ConditionProxy>;
  }
  Event(): Promise<EventProxy> {
    return this.create('Event') as Promise<EventProxy>;
  }
  Barrier(parties: number, timeout?: number): Promise<BarrierProxy> {
    return this.create('Barrier', parties, timeout) as Promise<BarrierProxy>;
  }
  Queue<T = unknown>(maxsize = 0): Promise<QueueProxy<T>> {
    return this.create('Queue', maxsize) as Promise<QueueProxy<T>>;
  }
  JoinableQueue<T = unknown>(maxsize = 0): Promise<QueueProxy<T>> {
    return this.create('JoinableQueue', maxsize) as Promise<QueueProxy<T>>;
  }
  Pool(processes?: number): Promise<PoolProxy> {
    return this.create('Pool', processes) as Promise<PoolProxy>;
  }
}
refuseTransfer(BaseManager.prototype, 'BaseManager', 'send its proxies, or connect() to its address');
refuseTransfer(SyncManager.prototype, 'SyncManager', 'send its proxies, or connect() to its address');

for (const type of standardTypes().values()) addType(SyncManager, type);

/** A started manager of Python's shared types. */
export async function Manager(options: ManagerOptions = {}): Promise<SyncManager> {
  return await new SyncManager(options).start();
}

async function referenceOf(target: unknown, what: string): Promise<Reference> {
  return (await refer(target as Target, what)).reference;
}

/** Does nothing: no signal that it hears lets any code of the program run. */
const ownListener = Object.assign(() => {}, { [Symbol.for(OWN_HANDLE)]: true });

/** What the server's process does. */
async function serve(
  inbox: Queue<ServerLink>,
  tell: Connection<Ready>,
  options: ServeOptions,
): Promise<void> {
  // Ctrl-C reaches the whole group; the server must outlive those that it serves.
  process.on('SIGINT', ownListener);
  // Ends with its parent, yet may hold pools, which have children.
  current.daemon = false;
  let listener: Listener | undefined;
  let server: Server;
  try {
    const manager = options.manager && (await resolveReference(options.manager, 'the manager class', load));
    server = new Server(typesOf((manager ?? SyncManager) as unknown as typeof BaseManager));
    await server.useSerializer(options.serializer);
    if (options.initializer !== undefined) {
      await (await resolveReference(options.initializer, 'Manager initializer', load))(...options.initargs);
    }
    listener = await Server.listen(options.address, options.authkey);
  } catch (error) {
    await tell.send({ error });
    return;
  }
  publishTargetStart();
  await tell.send({ address: listener?.address });
  tell.close();
  await server.serve(inbox, listener);
  process.exit(0);
}

const serveManager = task(pathToFileURL(__filename).href, 'serveManager', asService(serve));
