import type { SiteId } from '../../base/quantities.ts';
import { ROLE } from '../../trace/format/records.ts';
import { stdioKey, stdioName } from '../../trace/format/stdio-key.ts';
import type { Shim } from '../context/shim.ts';

/** A synchronous spawn, as far as its pipes go. */
export interface SyncPipes {
  readonly spawnKey: string;
  readonly site: SiteId;
  /** Of `spawnSync` and its kin, as the program gave them. */
  readonly options: unknown;
}

/** What a synchronous spawn has moved: Node reads and writes for it and gives the program all at once. `output`: by descriptor. */
export function recordSyncBytes(shim: Shim, pipes: SyncPipes, output: readonly unknown[]): void {
  if (!shim.session.options.stdio) return;
  const { input, encoding } = Object(pipes.options) as { input?: unknown; encoding?: unknown };
  recordBytes(shim, pipes, 0, sizeOf(input, 'utf8'));
  for (let fd = 1; fd < output.length; fd++) recordBytes(shim, pipes, fd, sizeOf(output[fd], encoding));
}

function recordBytes({ recorder }: Shim, { spawnKey, site }: SyncPipes, fd: number, bytes: number): void {
  if (bytes === 0) return;
  const way = fd === 0 ? 'down' : 'up';
  const [key, name] = [stdioKey(spawnKey, fd, way), stdioName(fd, way)];
  const id = recorder.defineResource({ key, kind: 'stdio', name });
  recorder.record('create', { resource: id, site, role: fd === 0 ? ROLE.write : ROLE.read });
  recorder.record(fd === 0 ? 'send' : 'receive', { resource: id, position: bytes, bytes, summed: true });
}

function sizeOf(data: unknown, encoding: unknown): number {
  if (ArrayBuffer.isView(data)) return data.byteLength;
  if (typeof data !== 'string') return 0;
  return Buffer.byteLength(data, Buffer.isEncoding(String(encoding)) ? (encoding as BufferEncoding) : 'utf8');
}
