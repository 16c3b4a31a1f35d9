import type { SiteId } from '../../base/quantities.ts';
import { ROLE } from '../../trace/format/records.ts';
import { stdioKey, stdioName } from '../../trace/format/stdio-key.ts';
import type { Shim } from '../context/shim.ts';

/** What the pipes of a synchronous spawn are known by. */
export interface SyncPipes {
  readonly spawnKey: string;
  readonly site: SiteId;
}

/** What a synchronous spawn has moved: Node reads and writes for it and gives the program all at once. `bytes`: by descriptor. */
export function recordSyncBytes(shim: Shim, pipes: SyncPipes, bytes: readonly number[]): void {
  if (!shim.session.options.stdio) return;
  for (const [fd, count] of bytes.entries()) recordBytes(shim, pipes, fd, count);
}

function recordBytes({ recorder }: Shim, { spawnKey, site }: SyncPipes, fd: number, bytes: number): void {
  if (bytes === 0) return;
  const way = fd === 0 ? 'down' : 'up';
  const [key, name] = [stdioKey(spawnKey, fd, way), stdioName(fd, way)];
  const id = recorder.defineResource({ key, kind: 'stdio', name });
  recorder.record('create', { resource: id, site, role: fd === 0 ? ROLE.write : ROLE.read });
  recorder.record(fd === 0 ? 'send' : 'receive', { resource: id, position: bytes, bytes, summed: true });
}

/** `encoding`: what a string was decoded with. */
export function sizeOf(data: unknown, encoding: unknown): number {
  if (ArrayBuffer.isView(data)) return data.byteLength;
  if (typeof data !== 'string') return 0;
  return Buffer.byteLength(data, Buffer.isEncoding(String(encoding)) ? (encoding as BufferEncoding) : 'utf8');
}
