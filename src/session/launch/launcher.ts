import type { ChildProcess, StdioOptions } from 'node:child_process';
import spawn from 'cross-spawn';
import type { ShimOptions } from '../../base/environment.ts';
import { codeOf } from '../../base/errors.ts';
import { noSuchCommand, notExecutable } from '../core/errors.ts';
import type { UserError } from '../core/user-error.ts';
import type { TracedThreads } from '../os/sampler.ts';
import { begin, filesFor, prepare, type Start } from './begin.ts';
import { tracedEnvironment } from './environment.ts';
import { Program } from './program.ts';
import { samplerOf } from './sampler.ts';
import { checkFolder, type LaunchTarget } from './target.ts';

export interface LaunchOptions {
  readonly target: LaunchTarget;
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The user's Node: path or name; `undefined`: the `node` of PATH. */
  readonly node?: string | undefined;
  /** Arguments for Node itself, before a script. */
  readonly nodeArgs?: readonly string[] | undefined;
  /** Directory of the trace; `undefined`: a fresh one in the temporary folder. */
  readonly trace?: string | undefined;
  readonly shim?: Partial<ShimOptions> | undefined;
  /** Folder of the built files (`dist`). */
  readonly bundles: string;
  /** Default: the program has the terminal to itself. */
  readonly stdio?: StdioOptions | undefined;
  /** Processes without a stream of their own are reported as seen from outside. */
  readonly traced?: TracedThreads | undefined;
}

/**
 * Starts a program under trace.
 * @throws UserError in words for the user; then nothing was started, and no trace is left behind by default
 */
export async function launch(options: LaunchOptions): Promise<Program> {
  const cwd = checkFolder(options.cwd ?? process.cwd());
  const env = options.env ?? process.env;
  const files = filesFor(options.bundles, env);
  const start = await prepare(options, cwd, env, files);
  const begun = begin({ ...options, cwd, env, files, argv: [start.file, ...start.argv] });
  const { dir, session, spawnKey, writer, environment } = begun;
  const child = await startProcess(start, {
    cwd,
    env: tracedEnvironment(env, environment, spawnKey, [start.file, ...start.argv]),
    stdio: options.stdio ?? 'inherit',
  });
  const sampler = samplerOf(begun, options.traced ?? (() => undefined));
  return new Program({ dir, session, spawnKey }, child, writer, sampler);
}

type Started = ChildProcess & { readonly pid: number };

/** Resolves when the system has made the process. */
function startProcess(
  { file, argv }: Start,
  options: { cwd: string; env: NodeJS.ProcessEnv; stdio: StdioOptions },
): Promise<Started> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...argv], options);
    child.once('error', (error) => reject(startError(file, error)));
    child.once('spawn', () => {
      child.on('error', () => undefined);
      resolve(child as Started);
    });
  });
}

function startError(file: string, error: unknown): UserError {
  return codeOf(error) === 'ENOENT' ? noSuchCommand(file, error) : notExecutable(file, error);
}
