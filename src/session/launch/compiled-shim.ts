import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { codeCacheName } from '../../base/code-cache.ts';
import { statOf } from '../files/stat.ts';
import type { NodeInfo } from '../node/node.ts';

/** Milliseconds that the compiling may take: the program waits for it. */
const LONGEST = 10_000;

/**
 * Has the shim compiled by the Node that will load it, once: that is half of what it costs a process to start under trace.
 * Other Nodes below that one compile it themselves.
 *
 * @param files folder of {@link ../files/stable-files.ts}
 */
export async function compileShim(node: NodeInfo, files: string): Promise<void> {
  const cache = path.join(files, codeCacheName(node.executable, node.version));
  if ((statOf(cache)?.size ?? 0) > 0) return;
  const { NODE_OPTIONS: _, ...env } = process.env;
  try {
    await promisify(execFile)(node.executable, [path.join(files, 'make-shim-cache.cjs'), cache], {
      env,
      timeout: LONGEST,
      windowsHide: true,
    });
  } catch {
    // It is only slower without.
  }
}
