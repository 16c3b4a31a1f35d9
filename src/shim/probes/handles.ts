import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { SiteId } from '../../base/quantities.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { type Around, observed, type Reporting } from '../core/observe.ts';
import { observe, surround } from '../core/patch.ts';
import { Ration, Sampler } from '../sites/sampler.ts';
import { addressOfDatagrams } from '../sources/addresses.ts';
import { origins } from '../sources/origin.ts';
import { isSilent, isSocket } from '../sources/sockets.ts';

/**
 * Where servers, connections, sockets for datagrams and file watchers are made, which of them were unref'd, and which
 * native addons are loaded. A resting thread tells of them (`sources/`); nothing is recorded here.
 */
export const handles: Probe = {
  name: 'handles',
  install(shim) {
    const where = { ...shim, probe: 'handles' };
    observeServers(where);
    observeSockets(where);
    observeDatagrams(where);
    observeWatchers(where);
    observeAddons(where);
  },
};

type Where = Shim & Reporting;

/** Remembers on a handle where it was made. */
function made({ recorder }: Where, handle: unknown, site: SiteId, detail?: string): void {
  if (typeof handle !== 'object' || handle === null) return;
  const since = recorder.clock.now();
  origins.put(handle, { ...origins.of(handle), since, site, ...(detail === undefined ? {} : { detail }) });
}

function observeServers(where: Where): void {
  const { prototype } = net.Server;
  const { unrefs } = where.sources;
  observe(prototype, 'listen', where, (server) => {
    made(where, server, where.sites.here(observed));
    // In the worker of a cluster, where Node has a listener more, the primary may have the handle.
    if (process.listenerCount('internalMessage') > 1) unrefs.add(Object(server), isListening);
  });
  unrefs.watch(prototype, isListening);
}

function isListening(server: object): boolean {
  return Reflect.get(server, 'listening') === true;
}

function observeSockets(where: Where): void {
  const { prototype } = net.Socket;
  const sampler = new Sampler(where.session.options.callSites, { ration: new Ration() });
  observe(prototype, 'connect', where, (socket) => {
    where.sites.sample(sampler, where.recorder.clock.now(), observed);
    made(where, socket, sampler.site);
  });
  where.sources.unrefs.watch(
    prototype,
    (socket) => isSocket(socket) && !socket.destroyed && !isSilent(socket),
  );
}

function observeDatagrams(where: Where): void {
  const { prototype } = dgram.Socket;
  observe(prototype, 'bind', where, (socket) => made(where, socket, where.sites.here(observed)));
  where.sources.unrefs.watch(prototype, isBound);
}

function isBound(socket: object): boolean {
  return addressOfDatagrams(socket) !== undefined;
}

/** Their classes are out of reach until there is one. */
function observeWatchers(where: Where): void {
  const known = new Set<unknown>();
  const around: Around<object> = {
    begin: () => known,
    end(_known, returned, watcher, args) {
      if (returned) watching(where, known, watcher, args);
    },
    repeats: () => false,
  };
  for (const name of ['watch', 'watchFile']) surround(fs, name, where, around);
}

function watching(where: Where, known: Set<unknown>, watcher: unknown, args: readonly unknown[]): void {
  if (typeof watcher !== 'object' || watcher === null) return;
  const [file, options] = args;
  const detail = typeof file === 'string' ? path.resolve(file) : String(file);
  made(where, watcher, where.sites.here(observed), detail);
  const { unrefs } = where.sources;
  const prototype: object = Object.getPrototypeOf(watcher);
  if (!known.has(prototype)) {
    known.add(prototype);
    unrefs.watch(prototype, isWatching);
  }
  // Node unrefs the handle itself.
  if (Reflect.get(Object(options), 'persistent') === false) unrefs.add(watcher, isWatching);
}

function isWatching(watcher: object): boolean {
  const handle: unknown = Reflect.get(watcher, '_handle');
  return handle !== null && handle !== undefined;
}

/** What native code waits for nobody can tell. The runtime's own library calls nothing by itself. */
function observeAddons(where: Where): void {
  observe(process, 'dlopen', where, (_process, [, file]) => {
    const name = path.basename(String(file));
    if (!/^koffi/.test(name)) where.sources.addons.add(name);
  });
}
