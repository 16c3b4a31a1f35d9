import worker from 'node:worker_threads';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded, reportProblem } from '../core/guard.ts';
import { patch } from '../core/patch.ts';
import { type PortEnd, portEnds } from '../ports/end.ts';
import { tracesPorts } from '../ports/of-thread.ts';
import { addPorts, listensTo } from '../ports/sources.ts';
import { PortTracing } from '../ports/tracing.ts';
import { portsIn } from '../ports/walk.ts';
import { captureFrames } from '../sites/stack.ts';

/** Node looks both up on every port that gets a message. */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');
const ARRIVED = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts');
type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Messages over ports, at both ends and paired by their number: `parentPort`, workers, channels and ports that travel, and
 * broadcasts, which are counted only. Replaces no listener and holds no port.
 */
export const ports: Probe = {
  name: 'ports',
  install(shim) {
    const own = new PortTracing(shim);
    tracesPorts(own);
    patchSend(shim, own);
    patchDispatch(shim, own);
    patchTake(shim, own);
    patchClose(shim);
    patchChannels(shim, own);
    patchBroadcasts(shim, own);
    const { unrefs } = shim.sources;
    unrefs.watch(worker.MessagePort.prototype, (port) => listensTo(port).length > 0);
    shim.sources.contribute((look) => addPorts(look, unrefs.active()));
  },
};

function patchSend(shim: Shim, own: PortTracing): void {
  patch(
    worker.MessagePort.prototype,
    'postMessage',
    (original) =>
      function postMessage(this: unknown, ...args) {
        let end: PortEnd | undefined;
        let moves: Moves | undefined;
        // Without closures, as everything that every message passes: they would cost as much as all the rest.
        const time = own.shim.recorder.clock.now();
        try {
          end = endToSend(own, this, args[0], postMessage);
          if (end && args[1] !== undefined && !isEmptyList(args[1])) moves = Moves.of(own, end, args);
          // Told before it is done: whoever gets the message may end this thread at once.
          end?.recordSend(time, postMessage);
        } catch (error) {
          reportProblem(shim.recorder, 'ports', error);
        }
        if (!end) return Reflect.apply(original, this, args);
        let failed = true;
        try {
          const result = Reflect.apply(original, this, args);
          failed = false;
          return result;
        } finally {
          try {
            if (failed) end.recordRejected();
            moves?.end(failed);
          } catch (error) {
            reportProblem(shim.recorder, 'ports', error);
          }
        }
      },
  );
}

/** The port over which `structuredClone` sends, before Node 22. */
let clonePort: object | undefined;

function endToSend(
  own: PortTracing,
  port: unknown,
  message: unknown,
  skip: (...args: never[]) => unknown,
): PortEnd | undefined {
  if (typeof port !== 'object' || port === null) return undefined;
  const known = portEnds.of(port);
  if (known) return known;
  // Before Node 22 `structuredClone` is a port that receives from itself: no message goes anywhere.
  if (port === clonePort) return undefined;
  if (isClone(skip)) {
    clonePort = port;
    return undefined;
  }
  return own.endOf(port, message);
}

/** The ports that one message takes along. */
class Moves {
  readonly #ports: readonly object[];
  readonly #undo: () => void;

  private constructor(ports: readonly object[], undo: () => void) {
    this.#ports = ports;
    this.#undo = undo;
  }

  static of(own: PortTracing, end: PortEnd, args: readonly unknown[]): Moves | undefined {
    const ports = movedBy(args);
    return ports.length === 0 ? undefined : new Moves(ports, own.depart(end, ports, args[0]));
  }

  end(failed: boolean): void {
    if (failed) this.#undo();
    else for (const port of this.#ports) portEnds.of(port)?.leave();
  }
}

function isEmptyList(options: unknown): boolean {
  return Array.isArray(options) && options.length === 0;
}

/** Ports that a message takes along, in the order in which they arrive. */
function movedBy([message, options]: readonly unknown[]): object[] {
  const isLoad =
    typeof message === 'object' && message !== null && Reflect.get(message, 'type') === 'loadScript';
  // The worker sees no list when it starts: it finds them in its data.
  if (isLoad && 'workerData' in message) return portsIn(message.workerData);
  const list: unknown = Array.isArray(options) ? options : Reflect.get(Object(options), 'transfer');
  return Array.isArray(list) ? list.filter((p) => p instanceof worker.MessagePort) : [];
}

function isClone(skip: (...args: never[]) => unknown): boolean {
  const [caller] = captureFrames(skip, 1);
  return (
    caller?.getFunctionName() === 'structuredClone' && caller.getFileName()?.startsWith('node:') === true
  );
}

function patchDispatch(shim: Shim, own: PortTracing): void {
  const { prototype } = worker.MessagePort;
  const original: unknown = Reflect.get(prototype, DISPATCH);
  if (typeof original !== 'function') {
    shim.recorder.problem('ports-receive', 'this version of Node does not show which messages ports receive');
    return;
  }
  const value = function dispatch(this: object, ...args: unknown[]) {
    const [message, type, event] = args;
    // With an event the program itself dispatches.
    try {
      if (event === undefined && type === 'message') received(own, this, message);
      else if (type === 'close') portEnds.of(this)?.leave();
    } catch (error) {
      reportProblem(shim.recorder, 'ports', error);
    }
    return Reflect.apply(original as Method, this, args);
  };
  Reflect.defineProperty(prototype, DISPATCH, {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

function received(own: PortTracing, port: object, message: unknown): void {
  const end = own.endOf(port, message);
  end.recordReceive();
  const arrived: unknown = Reflect.get(port, ARRIVED);
  if (Array.isArray(arrived) && arrived.length > 0) own.arrive(end, arrived);
}

function patchTake(shim: Shim, own: PortTracing): void {
  patch(
    worker,
    'receiveMessageOnPort',
    (original) =>
      function receiveMessageOnPort(this: unknown, ...args) {
        const result = Reflect.apply(original, this, args);
        try {
          if (result !== undefined) taken(own, args[0], result);
        } catch (error) {
          reportProblem(shim.recorder, 'ports', error);
        }
        return result;
      },
  );
  Reflect.defineProperty(worker, 'receiveMessageOnPort', { enumerable: true });
}

function taken(own: PortTracing, source: unknown, result: unknown): void {
  if (typeof source !== 'object' || source === null || typeof result !== 'object' || result === null) return;
  const message: unknown = Reflect.get(result, 'message');
  const end = portEnds.of(source) ?? own.endOf(source, message);
  end.recordReceive();
  if (end.options.kind === 'port' && own.registry.hasPorts) own.arriveInside(end, portsIn(message));
}

function patchClose(shim: Shim): void {
  patch(
    worker.MessagePort.prototype,
    'close',
    (original) =>
      function close(this: unknown, ...args) {
        guarded(shim, 'ports', () => portEnds.of(Object(this))?.leave());
        return Reflect.apply(original, this, args);
      },
  );
}

function patchChannels(shim: Shim, own: PortTracing): void {
  replaceClass('MessageChannel', (target, args, newTarget, construct) => {
    const made = Reflect.construct(target, args, newTarget) as worker.MessageChannel;
    guarded(shim, 'ports', () => {
      const channel = own.registry.newChannel();
      const madeAt = shim.sites.here(construct);
      const { port1, port2 } = made;
      portEnds.put(port1, own.newEnd({ channel, side: 0, sent: 0, received: 0 }, { madeAt }));
      portEnds.put(port2, own.newEnd({ channel, side: 1, sent: 0, received: 0 }, { madeAt }));
    });
    return made;
  });
}

function patchBroadcasts(shim: Shim, own: PortTracing): void {
  replaceClass('BroadcastChannel', (target, args, newTarget, construct) => {
    const made = Reflect.construct(target, args, newTarget) as worker.BroadcastChannel;
    guarded(shim, 'ports', () => {
      const symbol = Object.getOwnPropertySymbols(made).find((s) => s.description === 'kHandle');
      const handle: unknown = symbol && Reflect.get(made, symbol);
      if (typeof handle !== 'object' || handle === null) return;
      const key = `broadcast:${shim.thread.processKey}:${made.name}`;
      const madeAt = shim.sites.here(construct);
      const state = { channel: 0, side: 0, sent: 0, received: 0 } as const;
      const end: PortEnd = own.newEnd(state, {
        kind: 'broadcast',
        key,
        names: [made.name, made.name],
        madeAt,
      });
      portEnds.put(handle, end);
      portEnds.put(made, end);
      end.open();
    });
    return made;
  });
}

type Construct = (target: Newable, args: unknown[], newTarget: Newable) => object;
type Newable = new (...args: never[]) => object;

/** A class of `worker_threads` that is global too; a Proxy, so that `instanceof` and static members stay what they are. */
function replaceClass(
  name: 'MessageChannel' | 'BroadcastChannel',
  make: (target: Newable, args: unknown[], newTarget: Newable, construct: Construct) => object,
): void {
  const original: Newable = worker[name];
  const construct: Construct = (target, args, newTarget) => make(target, args, newTarget, construct);
  const value = new Proxy(original, { construct });
  const hidden = { value, writable: true, enumerable: false, configurable: true };
  if (original.prototype) Reflect.defineProperty(original.prototype, 'constructor', hidden);
  Reflect.defineProperty(worker, name, { ...hidden, enumerable: true });
  const isGlobal = Object.getOwnPropertyDescriptor(globalThis, name);
  if (isGlobal)
    Reflect.defineProperty(globalThis, name, { ...hidden, enumerable: isGlobal.enumerable ?? false });
}
