import childProcess from 'node:child_process';
import { ENV_SPAWN } from '../../base/environment.ts';
import { pairValue } from '../children/children-env.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded, reportProblem } from '../core/guard.ts';
import { observe, patch } from '../core/patch.ts';
import { IpcEnd } from '../ipc/end.ts';
import { isDisconnect, isNodes } from '../ipc/messages.ts';
import { addChannels } from '../ipc/sources.ts';

/**
 * Messages over Node's IPC channel, both ways, at both ends. A channel is known by the spawn key of the child; the two ends
 * count their messages alike, so a message's number pairs its send with its receipt. Messages that carry a handle wait for
 * acknowledgements and have a count of their own. Node's own messages (`NODE_…`) are not the program's.
 */
export const ipc: Probe = {
  name: 'ipc',
  install(shim) {
    const channels = new WeakMap<object, IpcEnd>();
    shim.sources.contribute((look) => addChannels(look, shim.sources.messagesHeardAt));
    instrumentChildren(shim, channels);
    const key = process.env[ENV_SPAWN];
    if (key === undefined || typeof process.send !== 'function') return;
    const end = new IpcEnd(shim, key, 'child');
    channels.set(process, end);
    patchSend(shim, process, end);
    observeEmit(shim, process, channels);
  },
};

/** Every child gets its channel inside `spawn`, and its `send` as an own property there. */
function instrumentChildren(shim: Shim, channels: WeakMap<object, IpcEnd>): void {
  const prototype: object = childProcess.ChildProcess.prototype;
  patch(
    prototype,
    'spawn',
    (original) =>
      function spawn(this: unknown, ...args) {
        const result = Reflect.apply(original, this, args);
        guarded(shim, 'ipc', () => {
          const child = this as object;
          if (!Object.hasOwn(child, 'send')) return;
          const key = keyGiven(args[0]);
          if (key === undefined) return;
          const end = new IpcEnd(shim, key, 'parent');
          channels.set(child, end);
          patchSend(shim, child, end);
        });
        return result;
      },
  );
  observeEmit(shim, prototype, channels);
}

/** The key that the child will find: the probe of children has put it into the options of the same call. */
function keyGiven(options: unknown): string | undefined {
  const pairs: unknown =
    typeof options === 'object' && options !== null ? Reflect.get(options, 'envPairs') : undefined;
  return Array.isArray(pairs) ? pairValue(pairs.map(String), ENV_SPAWN) : undefined;
}

function patchSend(shim: Shim, target: object, end: IpcEnd): void {
  end.watchBytes(target);
  patch(
    target,
    'disconnect',
    (original) =>
      function disconnect(this: unknown, ...args) {
        guarded(shim, 'ipc', () => end.disconnects(disconnect));
        return Reflect.apply(original, this, args);
      },
  );
  patch(
    target,
    'send',
    (original) =>
      function send(this: unknown, ...args) {
        // Over a closed channel nothing is sent: Node reports an error.
        if (Reflect.get(target, 'connected') !== true || isNodes(args[0])) {
          guarded(shim, 'ipc', () => end.passes(args[0], send));
          return Reflect.apply(original, this, args);
        }
        // Without closures, as everything that every message passes: they would cost as much as all the rest.
        // While Node encodes the message, the program may send another one, in a `toJSON` or a getter.
        const outer = end.begun;
        try {
          end.begin(send);
        } catch (error) {
          reportProblem(shim.recorder, 'ipc', error);
        }
        let returned = false;
        try {
          const result = Reflect.apply(original, this, args);
          returned = true;
          return result;
        } finally {
          try {
            if (returned) end.unwritten(target, args);
            else end.rejected();
          } catch (error) {
            reportProblem(shim.recorder, 'ipc', error);
          }
          end.begun = outer;
        }
      },
  );
}

/** Sees messages arrive without a listener of its own, which would keep the channel, and so the process, alive. */
function observeEmit(shim: Shim, owner: object, channels: WeakMap<object, IpcEnd>): void {
  observe(owner, 'emit', { recorder: shim.recorder, probe: 'ipc' }, (self, args) => {
    const event = args[0];
    if (event === 'internalMessage' && isDisconnect(args[1]))
      channels.get(self as object)?.toldToDisconnect();
    // Node gives three arguments to messages; with others the program itself emits.
    else if (event === 'message' && args.length === 3) channels.get(self as object)?.received(args[2]);
    else if (event === 'disconnect') channels.get(self as object)?.disconnected();
  });
}
