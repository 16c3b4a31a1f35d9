/** What a manager's clients and its server say to each other, over shared memory or a socket. */

import type { Connection } from '../../primitives/pipes/connection.ts';
import type { SocketConnection } from '../sockets/socket-connection.ts';
import type { SerializedClientLink, SerializedServerLink } from './serialized-link.ts';

/** [number of the call, object, method, arguments, task of the caller]. Object '' is the server itself. */
export type Request = readonly [number, string, string, readonly unknown[], number];

/** How a call ended. */
export const REPLY = { value: 0, error: 1, proxy: 2 } as const;
/** [number of the call, REPLY, value, error or {@link ProxyToken}]. */
export type Response = readonly [number, number, unknown];

/** An object in a server, by which proxies are made. */
export interface ProxyToken {
  readonly typeid: string;
  readonly ident: string;
  readonly exposed: readonly string[];
}

/** Either kind of connection; a request goes one way, its response the other. */
export type RemoteServerLink = SocketConnection<Request, Response> | SerializedServerLink;
export type ServerLink = Connection<Request, Response> | RemoteServerLink;
export type RemoteClientLink = SocketConnection<Response, Request> | SerializedClientLink;
export type ClientLink = Connection<Response, Request> | RemoteClientLink;

/** Methods of the server itself. */
export const SERVER_METHODS = ['create', 'shutdown', 'dispose', 'numberOfObjects'] as const;
