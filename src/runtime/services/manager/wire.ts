/** What a manager's clients and its server say to each other, over shared memory or a socket. */
import { RemoteError } from '../../core/errors/errors.ts';

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

const isText = (value: unknown): value is string => typeof value === 'string';

/** Whether it can be a request at all; what another serializer has written is none. */
export function isRequest(message: unknown): message is Request {
  if (!Array.isArray(message)) return false;
  const [id, ident, method, args, task] = message as readonly unknown[];
  return (
    typeof id === 'number' &&
    isText(ident) &&
    isText(method) &&
    Array.isArray(args) &&
    typeof task === 'number'
  );
}

export function isResponse(message: unknown): message is Response {
  return Array.isArray(message) && typeof message[0] === 'number' && typeof message[1] === 'number';
}

/** @throws RemoteError for what is no token */
export function checkToken(value: unknown): ProxyToken {
  const { typeid, ident, exposed } = Object(value) as Record<string, unknown>;
  if (isText(typeid) && isText(ident) && Array.isArray(exposed) && exposed.every(isText))
    return { typeid, ident, exposed };
  throw new RemoteError('a damaged proxy arrived');
}

/** The limits of a call that waits, as they travel: the last argument. */
export interface CallLimits {
  readonly timeout?: number | undefined;
  readonly block?: boolean;
  /** The client may cancel it. */
  readonly cancellable?: boolean;
}
