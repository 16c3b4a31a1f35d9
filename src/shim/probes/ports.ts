import worker from 'node:worker_threads';
import type { Probe } from '../context/shim.ts';
import { constructing, observed, type Reporting as Where } from '../core/observe.ts';
import { observe, surround } from '../core/patch.ts';
import { type PortEnd, portEnds } from '../ports/end.ts';
import { tracesPorts } from '../ports/of-thread.ts';
import { addPorts, listensTo } from '../ports/sources.ts';
import { PortTracing } from '../ports/tracing.ts';
import { portsIn, runsNothing } from '../ports/walk.ts';
import { captureFrames } from '../sites/stack.ts';

/** Properties that Node looks up on every port that gets a message. */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');
const ARRIVED = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts');

/**
 * Messages over ports, at both ends and paired by their number: `parentPort`, workers, channels and ports that travel, and
 * broadcasts, which are counted only. Replaces no listener and holds no port.
 */
export const ports: Probe = {
  name: 'ports',
  install(shim) {
    const own = new PortTracing(shim);
    tracesPorts(own);
    const where = { ...shim, probe: 'ports' };
    observeSend(where, own);
    observeDispatch(where, own);
    observeTake(where, own);
    observeHearing(where);
    observeClose(where);
    observeChannels(where, own);
    observeBroadcasts(where, own);
    const { unrefs } = shim.sources;
    unrefs.watch(worker.MessagePort.prototype, (port) => listensTo(port).length > 0);
    shim.sources.contribute((look) => addPorts(look, unrefs.active()));
  },
};

function observeSend(where: Where, own: PortTracing): void {
  surround<PortEnd | Moves>(worker.MessagePort.prototype, 'postMessage', where, {
    begin(port, args) {
      const { recorder } = own.shim;
      const time = recorder.clock.now();
      const end = endToSend(own, port, args[0]);
      if (!end) return undefined;
      const moves = args[1] !== undefined && !isEmptyList(args[1]) ? Moves.of(own, end, args) : undefined;
      // Recorded before the message is sent: its receiver may end this thread at once.
      end.recordSend(time, observed);
      return moves ?? end;
    },
    end(sent, returned) {
      const [end, moves] = sent instanceof Moves ? [sent.by, sent] : [sent, undefined];
      if (!returned) end.recordRejected();
      moves?.end(!returned);
    },
    repeats: (args) => args.every(runsNothing),
  });
}

/** The port over which `structuredClone` sends, before Node 22. */
let clonePort: object | undefined;

function endToSend(own: PortTracing, port: unknown, message: unknown): PortEnd | undefined {
  if (typeof port !== 'object' || port === null) return undefined;
  const known = portEnds.of(port);
  if (known) return known;
  // Before Node 22 `structuredClone` is a port that receives from itself: no message goes anywhere.
  if (port === clonePort) return undefined;
  if (isClone()) {
    clonePort = port;
    return undefined;
  }
  return own.endOf(port, message);
}

/** The ports that a message moves to another thread. */
class Moves {
  readonly by: PortEnd;
  readonly #ports: readonly object[];
  readonly #undo: () => void;

  private constructor(by: PortEnd, ports: readonly object[], undo: () => void) {
    this.by = by;
    this.#ports = ports;
    this.#undo = undo;
  }

  static of(own: PortTracing, end: PortEnd, args: readonly unknown[]): Moves | undefined {
    const ports = movedBy(args);
    return ports.length === 0 ? undefined : new Moves(end, ports, own.depart(end, ports, args[0]));
  }

  end(failed: boolean): void {
    if (failed) this.#undo();
    else for (const port of this.#ports) portEnds.of(port)?.leave();
  }
}

function isEmptyList(options: unknown): boolean {
  return Array.isArray(options) && options.length === 0;
}

/** The ports that a message moves to another thread, in the order in which they arrive. */
function movedBy([message, options]: readonly unknown[]): object[] {
  const isLoad =
    typeof message === 'object' && message !== null && Reflect.get(message, 'type') === 'loadScript';
  // The worker sees no list when it starts: it finds them in its data.
  if (isLoad && 'workerData' in message) return portsIn(message.workerData);
  const list: unknown = Array.isArray(options) ? options : Reflect.get(Object(options), 'transfer');
  return Array.isArray(list) ? list.filter((p) => p instanceof worker.MessagePort) : [];
}

function isClone(): boolean {
  const [caller] = captureFrames(observed, 1);
  return (
    caller?.getFunctionName() === 'structuredClone' && caller.getFileName()?.startsWith('node:') === true
  );
}

function observeDispatch(where: Where, own: PortTracing): void {
  const { prototype } = worker.MessagePort;
  const isSeen = observe(prototype, DISPATCH, where, (port, [message, type, event]) => {
    // With an event it is the program that dispatches, not Node.
    if (event === undefined && type === 'message') received(own, port as object, message);
    else if (type === 'close') portEnds.of(port as object)?.leave();
  });
  if (!isSeen)
    where.recorder.problem(
      'ports-receive',
      'this version of Node does not show which messages ports receive',
    );
}

function received(own: PortTracing, port: object, message: unknown): void {
  const end = own.endOf(port, message);
  end.recordReceive();
  const arrived: unknown = Reflect.get(port, ARRIVED);
  if (Array.isArray(arrived) && arrived.length > 0) own.arrive(end, arrived);
}

function observeTake(where: Where, own: PortTracing): void {
  surround<true>(worker, 'receiveMessageOnPort', where, {
    begin: () => true,
    end(_begun, returned, result, args) {
      if (returned && result !== undefined) taken(own, args[0], result);
    },
    repeats: (args) => args.every(runsNothing),
  });
  Reflect.defineProperty(worker, 'receiveMessageOnPort', { enumerable: true });
}

function taken(own: PortTracing, source: unknown, result: unknown): void {
  if (typeof source !== 'object' || source === null || typeof result !== 'object' || result === null) return;
  const message: unknown = Reflect.get(result, 'message');
  const end = portEnds.of(source) ?? own.endOf(source, message);
  end.recordReceive();
  if (end.options.kind === 'port' && own.registry.hasPorts) own.arriveInside(end, portsIn(message));
}

/** Node refs a port when the first listener for its messages is added. */
function observeHearing(where: Where): void {
  observe(worker.MessagePort.prototype, 'ref', where, (port) =>
    portEnds.of(Object(port))?.recordHearing(observed),
  );
}

function observeClose(where: Where): void {
  observe(worker.MessagePort.prototype, 'close', where, (port) => portEnds.of(Object(port))?.leave());
}

function observeChannels(where: Where, own: PortTracing): void {
  observeClass<worker.MessageChannel>('MessageChannel', where, ({ port1, port2 }) => {
    const channel = own.registry.newChannel();
    const madeAt = own.shim.sites.here(observed);
    const one = own.newEnd({ channel, side: 0, sent: 0, received: 0 }, { madeAt });
    const two = own.newEnd({ channel, side: 1, sent: 0, received: 0 }, { madeAt });
    one.partner = two;
    two.partner = one;
    portEnds.put(port1, one);
    portEnds.put(port2, two);
  });
}

function observeBroadcasts(where: Where, own: PortTracing): void {
  const { shim } = own;
  observeClass<worker.BroadcastChannel>('BroadcastChannel', where, (made) => {
    const symbol = Object.getOwnPropertySymbols(made).find((s) => s.description === 'kHandle');
    const handle: unknown = symbol && Reflect.get(made, symbol);
    if (typeof handle !== 'object' || handle === null) return;
    const key = `broadcast:${shim.thread.processKey}:${made.name}`;
    const madeAt = shim.sites.here(observed);
    const state = { channel: 0, side: 0, sent: 0, received: 0 } as const;
    const names = [made.name, made.name] as const;
    const end = own.newEnd(state, { kind: 'broadcast', key, names, madeAt });
    portEnds.put(handle, end);
    portEnds.put(made, end);
    end.open();
  });
}

type Class = new (...args: never[]) => object;

/** A class of `worker_threads` that is global too; a Proxy, so that `instanceof` and static members stay what they are. */
function observeClass<T>(
  name: 'MessageChannel' | 'BroadcastChannel',
  where: Where,
  made: (object: T) => void,
): void {
  const original: Class = worker[name];
  const value = constructing<true, Class>(original, where, {
    begin: () => true,
    end: (_begun, returned, object) => {
      if (returned) made(object as T);
    },
    repeats: (args) => args.every(runsNothing),
  });
  const hidden = { value, writable: true, enumerable: false, configurable: true };
  if (original.prototype) Reflect.defineProperty(original.prototype, 'constructor', hidden);
  Reflect.defineProperty(worker, name, { ...hidden, enumerable: true });
  const isGlobal = Object.getOwnPropertyDescriptor(globalThis, name);
  if (isGlobal)
    Reflect.defineProperty(globalThis, name, { ...hidden, enumerable: isGlobal.enumerable ?? false });
}
