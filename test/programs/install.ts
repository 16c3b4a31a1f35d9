import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import lockfile from 'proper-lockfile';
import { provide } from '../../scripts/lib/cache.mjs';
import { npm } from '../../scripts/lib/exec.mjs';
import type { Program, Runnable } from './types.ts';

/** What the programs depend on is resolved as of this day, so that the counts below stay true. */
const AS_OF = '2026-11-19';

/**
 * The folder of a program with its packages in it, shared by the programs of one installation and by all Node versions.
 * @throws Error when npm cannot bring the packages
 */
export async function install(program: Runnable): Promise<string> {
  const { packages, copies = [] } = program;
  const name = `program-${program.install ?? program.id}`;
  return provide(name, JSON.stringify({ AS_OF, packages, copies }), async (into) => {
    writeFileSync(path.join(into, 'package.json'), '{"private":true}\n');
    if (packages.length > 0) {
      // Nothing here needs its install scripts: native parts come as packages of their own.
      const fixed = ['--no-save', '--no-package-lock', '--ignore-scripts', `--before=${AS_OF}`];
      await npm(['install', ...fixed, ...packages], { cwd: into });
    }
    for (const [from, to] of copies) cpSync(path.join(into, from), path.join(into, to), { recursive: true });
  });
}

/** Runs `body` while nobody else runs a program in this folder, with the program's files as it expects to find them. */
export async function withProgram<T>(program: Runnable, body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await install(program);
  const release = await lockfile.lock(folder, {
    lockfilePath: `${folder}.run.lock`,
    stale: 30_000,
    update: 5_000,
    retries: { retries: 600, minTimeout: 500, maxTimeout: 500, factor: 1 },
  });
  try {
    return await body(folder);
  } finally {
    await release();
  }
}

/** Puts the folder in the state before the first run. */
export function reset(program: Program, folder: string): void {
  for (const name of program.removes ?? []) rmSync(path.join(folder, name), { recursive: true, force: true });
  for (const [name, text] of Object.entries(program.files ?? {})) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
