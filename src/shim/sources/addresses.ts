import dgram from 'node:dgram';
import net from 'node:net';

/** Functions of Node's as they are when the shim loads: programs put others in their place, and count calls of them. */
const serverAddress: (this: object) => unknown = net.Server.prototype.address;
const datagramAddress: (this: object) => unknown = dgram.Socket.prototype.address;

/** What a server listens on: an address with its port, or a path. */
export function addressOfServer(server: object): string | undefined {
  return asked(serverAddress, server);
}

/** What a socket for datagrams is bound to; `undefined`: it is not bound yet, or closed. */
export function addressOfDatagrams(socket: object): string | undefined {
  return asked(datagramAddress, socket);
}

function asked(ask: (this: object) => unknown, handle: object): string | undefined {
  try {
    const found = Reflect.apply(ask, handle, []);
    return typeof found === 'string' ? found : written(found);
  } catch {
    // Not bound yet, or closed already.
    return undefined;
  }
}

/**
 * One end of a connection, asked of the handle itself: what the socket is asked, Node keeps on it, and then a program finds
 * other addresses than without the tracer once the connection has ended.
 */
export function addressOf(handle: object | null, end: 'getsockname' | 'getpeername'): string | undefined {
  if (handle === null) return undefined;
  try {
    const ask: unknown = Reflect.get(handle, end);
    if (typeof ask !== 'function') return undefined;
    const found = {};
    // Not 0: not connected.
    return Reflect.apply(ask, handle, [found]) === 0 ? written(found) : undefined;
  } catch {
    // A handle that the program has made itself.
    return undefined;
  }
}

/** `127.0.0.1:80`, `[::1]:80` */
function written(found: unknown): string | undefined {
  const { address, port } = Object(found) as { readonly address?: unknown; readonly port?: unknown };
  if (typeof address !== 'string' || typeof port !== 'number') return undefined;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
