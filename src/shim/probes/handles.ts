import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { SiteId } from '../../base/quantities.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { natives } from '../core/natives.ts';
import { type Around, observed, type Reporting } from '../core/observe.ts';
import { observe, surround } from '../core/patch.ts';
import { Ration, Sampler } from '../sites/sampler.ts';
import { addressOfDatagrams, addressOfServer } from '../sources/addresses.ts';
import { type Origin, origins } from '../sources/origin.ts';
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
function made(
  { recorder }: Where,
  handle: unknown,
  site: SiteId,
  more: Pick<Origin, 'detail' | 'remote'> = {},
): void {
  if (typeof handle !== 'object' || handle === null) return;
  origins.put(handle, { ...origins.of(handle), since: recorder.clock.now(), site, ...more });
}

function observeServers(where: Where): void {
  const { prototype } = net.Server;
  const { unrefs } = where.sources;
  observe(prototype, 'listen', where, (server) => {
    made(where, server, where.sites.here(observed));
    // In the worker of a cluster, where Node has a listener more, the primary may have the handle.
    if (process.listenerCount('internalMessage') > 1) unrefs.add(Object(server), isListening);
  });
  // Called once there is an address to listen on, whatever way it was found.
  observe(prototype, '_listen2', where, (server) => {
    // Before the program's listener, which may block.
    if (++listened <= MOST_LISTENED) natives.tick(() => tellListening(where, Object(server)));
  });
  unrefs.watch(prototype, isListening);
}

/** So many servers of a thread are told of when they begin to listen. */
const MOST_LISTENED = 100;
let listened = 0;

function tellListening({ recorder }: Where, server: object): void {
  const message = addressOfServer(server);
  if (message === undefined) return;
  const { site = 0 } = origins.of(server) ?? {};
  recorder.incident({ what: 'listening', message, ...(site === 0 ? {} : { site }) });
}

function isListening(server: object): boolean {
  return Reflect.get(server, 'listening') === true;
}

function observeSockets(where: Where): void {
  const { prototype } = net.Socket;
  const sampler = new Sampler(where.session.options.callSites, { ration: new Ration() });
  observe(prototype, 'connect', where, (socket, [to]) => {
    where.sites.sample(sampler, where.recorder.clock.now(), observed);
    const remote = pathOf(Array.isArray(to) ? to[0] : to);
    made(where, socket, sampler.site, remote === undefined ? {} : { remote });
  });
  where.sources.unrefs.watch(
    prototype,
    (socket) => isSocket(socket) && !socket.destroyed && !isSilent(socket),
  );
}

/** Of what a socket connects to: the path, where it has one. */
function pathOf(to: unknown): string | undefined {
  const path: unknown = typeof to === 'object' && to !== null ? Reflect.get(to, 'path') : to;
  // A text of digits is a port.
  return typeof path === 'string' && !/^\d+$/.test(path) ? path : undefined;
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
  made(where, watcher, where.sites.here(observed), { detail });
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
