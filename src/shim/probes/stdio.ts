import childProcess from 'node:child_process';
import { ENV_SPAWN } from '../../base/environment.ts';
import type { StdioWay } from '../../trace/format/stdio-key.ts';
import { liveChildren } from '../children/live-children.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { patch } from '../core/patch.ts';
import { origins } from '../sources/origin.ts';
import { override } from '../stdio/flow.ts';
import { type PipePlace, StdioPipes } from '../stdio/pipes.ts';
import type { Reader } from '../stdio/reader.ts';
import { StdioRest } from '../stdio/rest.ts';
import { isPipeSocket, mayBeParents, type PipeSocket } from '../stdio/socket.ts';
import type { Writer } from '../stdio/writer.ts';

/**
 * The pipes between a process and its children, at both ends where the child is traced: how many bytes, and who does not
 * read. Streams are neither made, nor read, nor listened to: what the program does with them is seen on the way.
 */
export const stdio: Probe = {
  name: 'stdio',
  install(shim) {
    if (!shim.session.options.stdio) return;
    const pipes = new StdioPipes(shim);
    shim.quiescence.consult(new StdioRest(shim, pipes));
    const prototype: object = childProcess.ChildProcess.prototype;
    patch(
      prototype,
      'spawn',
      (original) =>
        function spawn(this: unknown, ...args) {
          // Before the call, in which Node replaces what the program has put into the options.
          guarded(shim, 'stdio', () => handOn(pipes, args[0]));
          const result = Reflect.apply(original, this, args);
          guarded(shim, 'stdio', () => {
            shim.recorder.together(() => watchChild(shim, pipes, this as object));
          });
          return result;
        },
    );
    const spawnKey = process.env[ENV_SPAWN];
    // A worker's streams are messages of Node's own to the main thread.
    if (spawnKey === undefined || shim.thread.threadId !== 0) return;
    for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
      onFirstUse(shim, name, (stream, getter) => {
        const way = fd === 0 ? 'down' : 'up';
        if (isPipeSocket(stream) && mayBeParents(fd))
          pipes.add(stream, { spawnKey, fd, way, side: 'child', site: 0 });
        if (fd === 0) origins.put(stream, { ...origins.of(stream), site: shim.sites.here(getter) });
      });
    }
  },
};

/** The sockets of pipes that Node has made for this child; other descriptors have none. */
function watchChild(shim: Shim, pipes: StdioPipes, child: object): void {
  const started = liveChildren.get(child);
  const sockets: unknown = Reflect.get(child, 'stdio');
  if (started === undefined || !Array.isArray(sockets)) return;
  const { spawnKey, site, id } = started;
  for (const [fd, socket] of sockets.entries()) {
    if (!isPipeSocket(socket) || socket._handle === null) continue;
    const ways: StdioWay[] = fd > 2 ? ['down', 'up'] : fd === 0 ? ['down'] : ['up'];
    const ends = ways.map((way) => {
      const place: PipePlace = { spawnKey, fd, way, side: 'parent', site, child: id };
      return pipes.add(socket, place);
    });
    overrideDestroy(shim, socket, ends);
  }
}

/** `stdio: [first.stdout, …]` hands a pipe of one child to another: this process does not see its bytes any more. */
function handOn(pipes: StdioPipes, options: unknown): void {
  const given: unknown = Reflect.get(Object(options), 'stdio');
  if (!Array.isArray(given)) return;
  for (const entry of given) if (typeof entry === 'object' && entry !== null) pipes.handOn(entry);
}

function overrideDestroy(shim: Shim, socket: PipeSocket, ends: readonly (Reader | Writer)[]): void {
  const { _destroy } = socket;
  override(socket, '_destroy', function destroy(this: PipeSocket, error: unknown, done: unknown): void {
    guarded(shim, 'stdio', () => {
      for (const end of ends) end.closed();
    });
    _destroy.call(this, error, done);
  });
}

/** `process.stdin`, `stdout` and `stderr` are made when they are first asked for, and never because of the shim. */
function onFirstUse(shim: Shim, name: string, seen: (stream: object, getter: () => unknown) => void): void {
  const descriptor = Object.getOwnPropertyDescriptor(process, name);
  const original = descriptor?.get;
  if (!descriptor?.configurable || original === undefined) return;
  let used = false;
  const get = function (this: unknown): unknown {
    const stream: unknown = Reflect.apply(original, this, []);
    // The getter may be called again later: the program can have kept the descriptor.
    if (used) return stream;
    used = true;
    guarded(shim, 'stdio', () => {
      if (typeof stream === 'object' && stream !== null) seen(stream, get);
      if (Object.getOwnPropertyDescriptor(process, name)?.get === get)
        Reflect.defineProperty(process, name, descriptor);
    });
    return stream;
  };
  Object.defineProperty(get, 'name', { value: original.name, configurable: true });
  Reflect.defineProperty(process, name, { ...descriptor, get });
}
