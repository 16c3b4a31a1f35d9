import type { ChildProcess, StdioOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import spawn from 'cross-spawn';
import type { ShimOptions } from '../../base/environment.ts';
import { codeOf } from '../../base/errors.ts';
import { TRACE_MINOR, TRACE_VERSION } from '../../trace/format/definitions.ts';
import { SessionClock } from '../core/clock.ts';
import { noSuchCommand, notExecutable } from '../core/errors.ts';
import { UserError } from '../core/user-error.ts';
import { createTraceDirectory } from '../directory/create.ts';
import { machineId } from '../directory/machine.ts';
import { cacheFolder } from '../files/cache-folder.ts';
import { keepInUse, stableFiles } from '../files/stable-files.ts';
import { chooseLoader } from '../node/loader.ts';
import { findNode } from '../node/node.ts';
import { processTable } from '../os/index.ts';
import { OsSampler, type TracedThreads } from '../os/sampler.ts';
import { compileShim } from './compiled-shim.ts';
import { rootSpawnKey, shimOptions, tracedEnvironment } from './environment.ts';
import { Program, SessionWriter } from './program.ts';
import { checkFolder, checkScript, type LaunchTarget } from './target.ts';

export interface LaunchOptions {
  readonly target: LaunchTarget;
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The user's Node: path or name; `undefined`: the `node` of PATH. */
  readonly node?: string | undefined;
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

/** What is to be started, after everything that can be wrong with it has been checked. */
interface Start {
  readonly file: string;
  readonly argv: readonly string[];
}

/**
 * Starts a program under trace.
 * @throws UserError in words for the user; then nothing was started, and no trace is left behind by default
 */
export async function launch(options: LaunchOptions): Promise<Program> {
  const cwd = checkFolder(options.cwd ?? process.cwd());
  const env = options.env ?? process.env;
  const files = stableFiles(options.bundles, cacheFolder(env));
  keepInUse(files);
  const start = await prepare(options, cwd, env, files);
  const dir = createTraceDirectory(options.trace);
  const clock = new SessionClock();
  const session = randomBytes(9).toString('base64url');
  const writer = new SessionWriter(dir, clock);
  writer.write({
    type: 'session',
    version: TRACE_VERSION,
    minor: TRACE_MINOR,
    session,
    origin: String(clock.origin),
    wallClock: clock.wallClock,
    argv: [start.file, ...start.argv],
    cwd,
    launcherPid: process.pid,
    machine: machineId(),
  });
  const spawnKey = rootSpawnKey();
  const shim = path.join(files, 'shim.cjs');
  const environment = {
    dir,
    session,
    origin: String(clock.origin),
    shim,
    options: shimOptions(options.shim ?? {}),
  };
  const child = await startProcess(start, {
    cwd,
    env: tracedEnvironment(env, environment, spawnKey, [start.file, ...start.argv]),
    stdio: options.stdio ?? 'inherit',
  });
  const sampler = new OsSampler(processTable(), clock, options.traced ?? (() => undefined), (o) =>
    writer.write(o),
  );
  return new Program({ dir, session, spawnKey }, child, writer, sampler);
}

async function prepare(
  { target, node, bundles }: LaunchOptions,
  cwd: string,
  env: NodeJS.ProcessEnv,
  files: string,
): Promise<Start> {
  if (target.kind === 'command') {
    // Node processes of the command load the shim: a Node that can't must be found before, not in the middle.
    const info = await findNode(node, cwd, env).catch(ignoreMissing);
    if (info && files !== bundles) await compileShim(info, files);
    return { file: target.command, argv: target.args };
  }
  const script = checkScript(target.file, cwd);
  const info = await findNode(node, cwd, env);
  if (files !== bundles) await compileShim(info, files);
  const { execArgv } = chooseLoader(script, info, files);
  return { file: info.executable, argv: [...execArgv, script, ...target.args] };
}

/** A command need not run Node, but one that does must not run a Node that the shim breaks. */
function ignoreMissing(error: unknown): undefined {
  if (error instanceof UserError && error.code === 'oldNode') throw error;
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
