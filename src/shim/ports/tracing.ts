import worker from 'node:worker_threads';
import type { Shim } from '../context/shim.ts';
import { BetweenThreads } from './between-threads.ts';
import { type EndOptions, PortEnd, portEnds } from './end.ts';
import { type EndState, PortRegistry } from './registry.ts';
import { publicPort } from './sources.ts';
import { portsIn } from './walk.ts';

/** Key in the environment data of worker threads. The program could see it, so it is there only until the new worker has read it. */
const LENT = 'forkscope.ports.v1';

interface Lent {
  readonly memory: SharedArrayBuffer;
  /** Numbers of the channel that Node itself uses, and of the program's (`parentPort`). */
  readonly own: number;
  readonly channel: number;
  readonly label: string;
}

/** `type` of the messages by which Node starts a worker and carries its standard streams. */
const NODES_MESSAGES: ReadonlySet<unknown> = new Set([
  'upAndRunning',
  'couldNotSerializeError',
  'errorMessage',
  'stdioPayload',
  'stdioWantsMoreData',
  'loadScript',
]);

/** Above the indices of ports: where they are in the message, for those who see no list. A message has fewer of them. */
const PLACES = 1 << 16;

/** Knows which end of which channel every port of this thread is. */
export class PortTracing {
  readonly shim: Shim;
  readonly #betweenThreads = new BetweenThreads((state, options) => this.newEnd(state, options));
  #registry: PortRegistry | undefined;
  /** This worker's end of Node's own channel: its port shows itself when it is used. */
  #nodesEnd: PortEnd | undefined;
  /** What the worker gets that is being made just now. */
  #making: Lent | undefined;

  constructor(shim: Shim) {
    this.shim = shim;
    const lent = worker.isMainThread
      ? undefined
      : (worker.getEnvironmentData(LENT) as unknown as Lent | undefined);
    if (lent === undefined) return;
    worker.setEnvironmentData(LENT, undefined);
    this.#registry = new PortRegistry(lent.memory);
    this.#enterWorker(lent);
  }

  get registry(): PortRegistry {
    this.#registry ??= new PortRegistry();
    return this.#registry;
  }

  newEnd(state: EndState, options?: Partial<EndOptions>): PortEnd {
    const key = `port:${this.shim.thread.processKey}:${state.channel}`;
    return new PortEnd(this.shim, state, { kind: 'port', key, names: ['', ''], ...options });
  }

  /** The end that a port is; `message`: what it carries just now. A stranger is Node's own. */
  endOf(port: object, message: unknown): PortEnd {
    const known = portEnds.of(port);
    if (known) return known;
    const between = this.#betweenThreads.endOf(message);
    if (between) return between;
    const end = this.#recognise(message) ?? this.#stranger();
    portEnds.put(port, end);
    return end;
  }

  /** Runs `make`, which makes a worker of the program, so that both sides know its ports. */
  making<T extends object>(label: string, make: () => T): T {
    const { registry } = this;
    const lent = {
      memory: registry.memory,
      own: registry.newChannel(),
      channel: registry.newChannel(),
      label,
    };
    const before = this.#making;
    worker.setEnvironmentData(LENT, lent as unknown as worker.Serializable);
    this.#making = lent;
    try {
      const made = make();
      const port = publicPort(made);
      if (port) this.#stampPublic(port, lent);
      return made;
    } finally {
      this.#making = before;
      worker.setEnvironmentData(LENT, undefined);
    }
  }

  #stampPublic(port: object, lent: Lent): void {
    const end = this.newEnd(first(lent.channel, 0), publicOptions(lent.label));
    portEnds.put(port, end);
    end.open();
  }

  /** Node's message that started this worker is being dispatched while the shim loads. */
  #enterWorker({ own, channel, label }: Lent): void {
    const { parentPort, workerData } = worker;
    this.#nodesEnd = this.newEnd(first(own, 1), nodesOptions(label));
    this.#nodesEnd.recordReceive();
    if (parentPort) {
      const end = this.newEnd(first(channel, 1), publicOptions(label));
      portEnds.put(parentPort, end);
      end.open();
    }
    this.arrive(this.#nodesEnd, portsIn(workerData));
  }

  /** `ports` came with the message that `end` has just received. */
  arrive(end: PortEnd, ports: readonly object[]): void {
    ports.forEach((port, index) => {
      if (ports.length > 1) this.#take(end, PLACES + index);
      this.#arrived(port, this.#take(end, index));
    });
  }

  /** As {@link arrive}, where Node does not tell the order of the list: `ports` are in the order of the message. */
  arriveInside(end: PortEnd, ports: readonly object[]): void {
    ports.forEach((port, place) => {
      this.#arrived(port, this.#take(end, this.#take(end, PLACES + place)?.channel ?? place));
    });
  }

  #take(end: PortEnd, index: number): EndState | undefined {
    return this.registry.take(end.channel, end.side === 0 ? 1 : 0, end.received, index);
  }

  #arrived(port: object, state: EndState | undefined): void {
    if (!state || portEnds.of(port)) return;
    const arrived = this.newEnd(state);
    portEnds.put(port, arrived);
    arrived.open();
  }

  /** `message`, which `end` is about to send, takes `ports` along. Returns what takes that back. */
  depart(end: PortEnd, ports: readonly object[], message: unknown): () => void {
    const n = end.sent + 1;
    const put: number[] = [];
    // The other end is Node's own code, which never asks for ports. It may give them to module hooks of the program.
    if (end.options.silent) {
      for (const port of ports) portEnds.of(port)?.leaveUntraced();
      return () => {};
    }
    ports.forEach((port, index) => {
      const moved = portEnds.of(port);
      if (!moved) return;
      // Where the port's channel was made is known in this thread only.
      moved.open();
      if (this.registry.put(end.channel, end.side, n, index, moved)) put.push(index);
      else
        this.shim.recorder.problem(
          'ports-untraced',
          'too many ports are under way: some will be shown as new ones',
        );
    });
    for (const [place, port] of ports.length > 1 ? portsIn(message).entries() : []) {
      const channel = ports.indexOf(port);
      if (channel < 0 || channel === place) continue;
      const index = PLACES + place;
      if (this.registry.put(end.channel, end.side, n, index, { channel, side: 0, sent: 0, received: 0 }))
        put.push(index);
    }
    return () => {
      for (const index of put) this.registry.take(end.channel, end.side, n, index);
    };
  }

  #recognise(message: unknown): PortEnd | undefined {
    if (typeof message !== 'object' || message === null) return undefined;
    const type: unknown = Reflect.get(message, 'type');
    if (!NODES_MESSAGES.has(type)) return undefined;
    if (type === 'loadScript')
      return this.#making && this.newEnd(first(this.#making.own, 0), nodesOptions(this.#making.label));
    const end = this.#nodesEnd;
    this.#nodesEnd = undefined;
    return end;
  }

  /** Whatever the program makes or gets is known, so what is not known belongs to Node: hooks of modules have a thread. */
  #stranger(): PortEnd {
    return this.newEnd(first(this.registry.newChannel(), 0), { silent: true });
  }
}

function first(channel: number, side: 0 | 1): EndState {
  return { channel, side, sent: 0, received: 0 };
}

function publicOptions(label: string): Partial<EndOptions> {
  return { names: [`to worker ${label}`, `from worker ${label}`], isParents: true };
}

/** Node posts over it to start the worker, and for its standard streams. */
function nodesOptions(label: string): Partial<EndOptions> {
  const name = `Node's own, ${label}`;
  return { names: [`${name}: control`, `${name}: status and stdio`], sendOnly: true };
}
