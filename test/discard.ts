import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SESSION_FILE } from '../src/trace/format/segment.ts';

/** The folder into which traces of tests go, instead of being removed, so that their proofs can be checked (`npm test -- --verify`). */
const KEPT = process.env.FORKSCOPE_TEST_TRACES;
/** Traces of tests lie at most so deep in their folders. */
const DEEPEST = 5;

/** Removes a folder of a test with all that is in it. */
export function discard(folder: string): void {
  if (KEPT) keep(folder, KEPT, DEEPEST);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function keep(folder: string, into: string, depth: number): void {
  if (!existsSync(folder)) return;
  if (existsSync(path.join(folder, SESSION_FILE))) {
    mkdirSync(into, { recursive: true });
    const test = path.basename(process.argv[1] ?? 'test').replace(/\..*/, '');
    move(folder, path.join(into, `${test}-${randomUUID()}`));
    return;
  }
  if (depth === 0) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name !== 'node_modules')
      keep(path.join(folder, entry.name), into, depth - 1);
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // It lies on another disk.
    cpSync(from, to, { recursive: true });
  }
}
