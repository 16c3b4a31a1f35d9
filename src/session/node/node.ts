import { execFile } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from '../../base/errors.ts';
import { deniedNode, noNode, notANode, oldNode } from '../core/errors.ts';
import type { UserError } from '../core/user-error.ts';

/** The oldest Node whose programs can be traced. */
export const OLDEST_NODE = 20;

/** The Node that runs the user's program. */
export interface NodeInfo {
  /** Absolute path (behind version managers' wrappers). */
  readonly executable: string;
  readonly version: string;
  readonly major: number;
  readonly minor: number;
  /** Runs TypeScript without a flag. */
  readonly stripsTypes: boolean;
  /** `module.registerHooks`: loader hooks in the same thread. */
  readonly syncHooks: boolean;
}

/** Characters that an error quotes of what a program has said that is not a Node: some print pages of help. */
const LONGEST_ANSWER = 120;

/** Old syntax on purpose: it must also run on a Node that is refused afterwards. */
const PROBE =
  'var m=require("module"),f=process.features;' +
  'JSON.stringify([process.execPath,process.versions.node,!!(f&&f.typescript),typeof m.registerHooks==="function"])';

/**
 * The user's Node: `preferred` (path or name), else the `node` of PATH. Version managers' wrappers are asked in `cwd`,
 * since some choose by folder.
 * @throws UserError when there is none, it does not run, or it is too old
 */
export async function findNode(
  preferred: string | undefined,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<NodeInfo> {
  const wanted = preferred ?? 'node';
  const found = lookUp(wanted, cwd, env);
  const info = found !== undefined && isThisNode(found) ? thisNode() : await ask(found ?? wanted, cwd, env);
  if (info.major < OLDEST_NODE) {
    throw oldNode(info.version, info.executable, OLDEST_NODE);
  }
  return info;
}

function parse(executable: string, version: string, stripsTypes: boolean, syncHooks: boolean): NodeInfo {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { executable, version, major, minor, stripsTypes, syncHooks };
}

function thisNode(): NodeInfo {
  const strips = 'typescript' in process.features && Boolean(process.features.typescript);
  return parse(process.execPath, process.versions.node, strips, 'registerHooks' in module);
}

/** Saves one process start where the tool itself runs on the same Node. Electron is not a Node for programs. */
function isThisNode(file: string): boolean {
  if ('electron' in process.versions) return false;
  try {
    return realpathSync(file) === realpathSync(process.execPath);
  } catch {
    return false;
  }
}

/** A file as the shell finds it; `undefined`: leave it to the system (Windows' PATHEXT). */
function lookUp(name: string, cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  if (path.isAbsolute(name)) return name;
  if (name.includes('/') || name.includes(path.sep)) return path.resolve(cwd, name);
  const folders = (env.PATH ?? env.Path ?? '').split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.resolve(cwd, folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function ask(executable: string, cwd: string, env: NodeJS.ProcessEnv): Promise<NodeInfo> {
  try {
    const { stdout } = await promisify(execFile)(executable, ['-p', PROBE], {
      cwd,
      env: untraced(env),
      timeout: 30_000,
      windowsHide: true,
    });
    const answer: unknown = JSON.parse(stdout);
    if (!Array.isArray(answer)) throw new Error('an unexpected answer');
    return parse(String(answer[0]), String(answer[1]), answer[2] === true, answer[3] === true);
  } catch (error) {
    throw refusal(executable, error);
  }
}

/** A tool that is traced itself must not show its helper processes as the program's. */
function untraced(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, FORKSCOPE_SESSION: '', FORKSCOPE_SPAWN: '' };
}

function refusal(executable: string, error: unknown): UserError {
  if (codeOf(error) === 'ENOENT') return noNode(executable, error);
  if (codeOf(error) === 'EACCES') return deniedNode(executable, error);
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  const line = text.split('\n').find((l) => l.trim() !== '') ?? String(error).split('\n')[0];
  const answer = line?.replaceAll(PROBE, '…').slice(0, LONGEST_ANSWER) ?? '';
  return notANode(executable, answer, error);
}
