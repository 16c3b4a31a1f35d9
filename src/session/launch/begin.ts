import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { SessionEnvironment, ShimOptions } from '../../base/environment.ts';
import { ENV_TRACEPARENT, parseTraceparent } from '../../base/traceparent.ts';
import { TRACE_MINOR, TRACE_VERSION } from '../../trace/format/definitions.ts';
import { SessionClock } from '../core/clock.ts';
import { UserError } from '../core/user-error.ts';
import { createTraceDirectory } from '../directory/create.ts';
import { machineId } from '../directory/machine.ts';
import { cacheFolder } from '../files/cache-folder.ts';
import { keepInUse, stableFiles } from '../files/stable-files.ts';
import { chooseLoader } from '../node/loader.ts';
import { findNode } from '../node/node.ts';
import { compileShim } from './compiled-shim.ts';
import { rootSpawnKey, shimOptions } from './environment.ts';
import { SessionWriter } from './program.ts';
import { checkScript, type LaunchTarget } from './target.ts';

/** What is to be started, after everything that can be wrong with it has been checked. */
export interface Start {
  readonly file: string;
  /** All arguments, `execArgv` included. */
  readonly argv: readonly string[];
  /** Those for Node itself, which load the script. */
  readonly execArgv: readonly string[];
}

/** What programs load is copied to where it stays as long as they run. */
export function filesFor(bundles: string, env: NodeJS.ProcessEnv): string {
  const files = stableFiles(bundles, cacheFolder(env));
  keepInUse(files);
  return files;
}

/**
 * Checks what is to be started, and finds the Node that runs it.
 * @param files see {@link filesFor}
 * @throws UserError in words for the user
 */
export async function prepare(
  {
    target,
    node,
    nodeArgs = [],
    bundles,
  }: {
    readonly target: LaunchTarget;
    readonly node?: string | undefined;
    readonly nodeArgs?: readonly string[] | undefined;
    readonly bundles: string;
  },
  cwd: string,
  env: NodeJS.ProcessEnv,
  files: string,
): Promise<Start> {
  if (target.kind === 'command') {
    // Node processes of the command load the shim: a Node that can't must be found before, not in the middle.
    const info = await findNode(node, cwd, env).catch(ignoreMissing);
    if (info && files !== bundles) await compileShim(info, files);
    return { file: target.command, argv: target.args, execArgv: [] };
  }
  const script = checkScript(target.file, cwd);
  const info = await findNode(node, cwd, env);
  if (files !== bundles) await compileShim(info, files);
  const { execArgv } = chooseLoader(script, info, files);
  return { file: info.executable, argv: [...execArgv, ...nodeArgs, script, ...target.args], execArgv };
}

/** A command need not run Node, but one that does must not run a Node that the shim breaks. */
function ignoreMissing(error: unknown): undefined {
  if (error instanceof UserError && error.code === 'oldNode') throw error;
}

/** A session whose trace has begun, and of which no process runs yet. */
export interface Begun {
  readonly dir: string;
  readonly session: string;
  /** What tells its root processes. */
  readonly spawnKey: string;
  readonly writer: SessionWriter;
  readonly environment: SessionEnvironment;
}

/**
 * Begins the trace of what is about to be started.
 * @throws UserError when there can be no trace; then none is left behind by default
 */
export function begin(options: {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Of the program. */
  readonly env: NodeJS.ProcessEnv;
  readonly files: string;
  readonly trace?: string | undefined;
  readonly shim?: Partial<ShimOptions> | undefined;
}): Begun {
  const dir = createTraceDirectory(options.trace);
  const clock = new SessionClock();
  const session = randomBytes(9).toString('base64url');
  const origin = String(clock.origin);
  const writer = new SessionWriter(dir, clock);
  writer.write({
    type: 'session',
    version: TRACE_VERSION,
    minor: TRACE_MINOR,
    session,
    origin,
    wallClock: clock.wallClock,
    argv: options.argv,
    cwd: options.cwd,
    traceparent: traceparentOf(options.env),
    launcherPid: process.pid,
    machine: machineId(),
  });
  const shim = path.join(options.files, 'shim.cjs');
  const environment = { dir, session, origin, shim, options: shimOptions(options.shim ?? {}) };
  return { dir, session, spawnKey: rootSpawnKey(), writer, environment };
}

function traceparentOf(env: NodeJS.ProcessEnv): string {
  const given = env[ENV_TRACEPARENT] ?? '';
  return parseTraceparent(given) === undefined ? '' : given;
}
