import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder and those above it, private unless `mode` says otherwise (of the last one, whatever the mask of the process
 * says). Node's own `recursive` never returns where a file system such as /proc says "no such file" of a folder whose parent is
 * there.
 * @throws the system's error
 */
export function makeFolder(folder: string, mode = 0o700): void {
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent, mode);
  mkdirSync(folder, { mode });
  if (mode !== 0o700) chmodSync(folder, mode);
}
