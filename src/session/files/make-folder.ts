import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a private folder and those above it. Node's own `recursive` never returns where a file system such as /proc
 * says "no such file" of a folder whose parent is there.
 * @throws the system's error
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}
