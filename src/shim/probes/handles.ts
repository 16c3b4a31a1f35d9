import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { patch } from '../core/patch.ts';
import { Ration, Sampler } from '../sites/sampler.ts';
import { origins } from '../sources/origin.ts';
import { isSilent, isSocket } from '../sources/sockets.ts';

type Skip = (...args: never[]) => unknown;

/**
 * Where servers, connections, sockets for datagrams and file watchers are made, which of them were unref'd, and which
 * native addons are loaded. A resting thread tells of them (`sources/`); nothing is recorded here.
 */
export const handles: Probe = {
  name: 'handles',
  install(shim) {
    patchServers(shim);
    patchSockets(shim);
    patchDatagrams(shim);
    patchWatchers(shim);
    patchAddons(shim);
  },
};

/** Remembers on a handle where it was made. */
function made(shim: Shim, handle: unknown, site: number, detail?: string): void {
  if (typeof handle !== 'object' || handle === null) return;
  const since = shim.recorder.clock.now();
  origins.put(handle, { ...origins.of(handle), since, site, ...(detail === undefined ? {} : { detail }) });
}

function patchServers(shim: Shim): void {
  const { prototype } = net.Server;
  patch(prototype, 'listen', (original) => {
    return function listen(this: unknown, ...args: unknown[]): unknown {
      guarded(shim, 'handles', () => {
        made(shim, this, shim.sites.here(listen));
        // In the worker of a cluster, where Node has a listener more, the primary may have the handle.
        if (process.listenerCount('internalMessage') > 1) shim.sources.unrefs.add(Object(this), isListening);
      });
      return Reflect.apply(original, this, args);
    };
  });
  shim.sources.unrefs.watch(prototype, isListening);
}

function isListening(server: object): boolean {
  return Reflect.get(server, 'listening') === true;
}

function patchSockets(shim: Shim): void {
  const { prototype } = net.Socket;
  const sampler = new Sampler(shim.session.options.callSites, { ration: new Ration() });
  patch(prototype, 'connect', (original) => {
    return function connect(this: unknown, ...args: unknown[]): unknown {
      guarded(shim, 'handles', () => {
        shim.sites.sample(sampler, shim.recorder.clock.now(), connect);
        made(shim, this, sampler.site);
      });
      return Reflect.apply(original, this, args);
    };
  });
  shim.sources.unrefs.watch(
    prototype,
    (socket) => isSocket(socket) && !socket.destroyed && !isSilent(socket),
  );
}

function patchDatagrams(shim: Shim): void {
  const { prototype } = dgram.Socket;
  patch(prototype, 'bind', (original) => {
    return function bind(this: unknown, ...args: unknown[]): unknown {
      guarded(shim, 'handles', () => made(shim, this, shim.sites.here(bind)));
      return Reflect.apply(original, this, args);
    };
  });
  shim.sources.unrefs.watch(prototype, isBound);
}

function isBound(socket: object): boolean {
  try {
    dgram.Socket.prototype.address.call(socket as dgram.Socket);
    return true;
  } catch {
    // Not bound yet, or closed.
    return false;
  }
}

/** Their classes are out of reach until there is one. */
function patchWatchers(shim: Shim): void {
  const known = new Set<unknown>();
  for (const name of ['watch', 'watchFile']) {
    patch(fs, name, (original) => {
      return function watch(this: unknown, ...args: unknown[]): unknown {
        const watcher = Reflect.apply(original, this, args);
        guarded(shim, 'handles', () => watching(shim, known, watcher, args, watch));
        return watcher;
      };
    });
  }
}

function watching(shim: Shim, known: Set<unknown>, watcher: unknown, args: unknown[], skip: Skip): void {
  if (typeof watcher !== 'object' || watcher === null) return;
  const file = args[0];
  const detail = typeof file === 'string' ? path.resolve(file) : String(file);
  made(shim, watcher, shim.sites.here(skip), detail);
  const prototype: object = Object.getPrototypeOf(watcher);
  if (!known.has(prototype)) {
    known.add(prototype);
    shim.sources.unrefs.watch(prototype, isWatching);
  }
  // Node unrefs the handle itself.
  if (Reflect.get(Object(args[1]), 'persistent') === false) shim.sources.unrefs.add(watcher, isWatching);
}

function isWatching(watcher: object): boolean {
  const handle: unknown = Reflect.get(watcher, '_handle');
  return handle !== null && handle !== undefined;
}

/** What native code waits for nobody can tell. The runtime's own library calls nothing by itself. */
function patchAddons(shim: Shim): void {
  patch(process, 'dlopen', (original) => {
    return function dlopen(this: unknown, ...args: unknown[]): unknown {
      const result = Reflect.apply(original, this, args);
      guarded(shim, 'handles', () => {
        const name = path.basename(String(args[1]));
        if (!/^koffi/.test(name)) shim.sources.addons.add(name);
      });
      return result;
    };
  });
}
