import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { provide } from '../../scripts/lib/cache.mjs';
import { npm } from '../../scripts/lib/exec.mjs';
import { discard } from '../discard.ts';
import type { Case } from './types.ts';

export const CASES = fileURLToPath(new URL('../fixtures/cases', import.meta.url));

/** A folder of its own for a run: the program is copied into it, so that nothing is written beside the original. */
export interface Place {
  /** The program's working folder. */
  readonly folder: string;
  /** For the trace, the report and the program's temporary files. */
  readonly scratch: string;
  remove(): void;
}

/** @throws Error when npm cannot bring the program's packages */
export async function place(entry: Case): Promise<Place> {
  const base = mkdtempSync(path.join(os.tmpdir(), 'forkscope-case-'));
  const folder = path.join(base, 'program');
  const scratch = mkdtempSync(path.join(base, 'run-'));
  if (entry.folder !== undefined) {
    cpSync(path.join(CASES, entry.folder), folder, { recursive: true });
  } else {
    const file = entry.file ?? '';
    for (const name of [file, 'package.json', 'lib'])
      cpSync(path.join(CASES, name), path.join(folder, name), { recursive: true });
  }
  if (entry.packages !== undefined) {
    const installed = path.join(await install(folder, entry.id), 'node_modules');
    if (!existsSync(path.join(folder, 'node_modules')))
      symlinkSync(installed, path.join(folder, 'node_modules'), 'dir');
  }
  return { folder, scratch, remove: () => discard(base) };
}

/** The packages that the program's own package.json names, installed once. Nothing of them needs its install scripts. */
function install(folder: string, id: string): Promise<string> {
  const manifest = readFileSync(path.join(folder, 'package.json'), 'utf8');
  return provide(`case-${id}`, manifest, async (into) => {
    cpSync(path.join(folder, 'package.json'), path.join(into, 'package.json'));
    await npm(['install', '--no-package-lock', '--ignore-scripts', '--loglevel=error'], { cwd: into });
  });
}
