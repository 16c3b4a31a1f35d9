import type { Look } from './look.ts';

/** Operations on a handle, which tells of them itself: what it writes, that it connects. */
const OF_HANDLES: ReadonlySet<string> = new Set([
  'WriteWrap',
  'ShutdownWrap',
  'TCPConnectWrap',
  'PipeConnectWrap',
  'SendWrap',
]);
/** More are only counted. */
const MANY = 200;
const WORDS: Readonly<Record<string, string>> = {
  FSReqCallback: 'file operation',
  FSReqPromise: 'file operation',
  FileHandleCloseReq: 'file operation',
  GetAddrInfoReqWrap: 'DNS lookup',
  GetNameInfoReqWrap: 'DNS lookup',
  QueryReqWrap: 'DNS query',
};

/** Adds what Node works on for the program. */
export function addRequests(look: Look, requests: readonly unknown[]): void {
  if (requests.length > MANY) look.list.add({ kind: 'request', ref: true }, requests.length - MANY);
  for (const request of requests.slice(0, MANY)) {
    if (typeof request !== 'object' || request === null) continue;
    const { name } = request.constructor;
    const handle: unknown = Reflect.get(request, 'handle');
    if (OF_HANDLES.has(name) && typeof handle === 'object' && handle !== null) continue;
    const host: unknown = Reflect.get(request, 'hostname');
    const what = WORDS[name] ?? name;
    const detail = typeof host === 'string' ? `${what} ${host.slice(0, 200)}` : what;
    look.list.add({ kind: 'request', ref: true, detail });
  }
}
