// Starts other programs for the scripts: never with a stdin, output either shown or kept for the error message.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, timeoutMs?: number }} [options] `show` passes
 *   the output on as it comes; without it the output is only kept, and shown when the program fails
 * @returns {Promise<{ code: number, output: string }>} never rejects on a bad exit code; 127 when it cannot start
 */
export function tryRun(command, args, { cwd, env, show = false, timeoutMs } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      shell: process.platform === 'win32' && !path.isAbsolute(command),
    });
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const keep = (/** @type {Buffer} */ data) => {
      output += data;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: String(error) });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}

/**
 * As tryRun, but a bad exit code is an error that carries the end of the output.
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof tryRun>[2]} [options]
 */
export async function run(command, args, options) {
  const { code, output } = await tryRun(command, args, options);
  if (code === 0) return output;
  const tail = output.split('\n').slice(-40).join('\n');
  throw new Error(`${[command, ...args].join(' ')} failed with exit code ${code}\n${tail}`.trimEnd());
}

/** The environment without what a surrounding `npm run` adds, which would misdirect an npm started in it. */
export function plainEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(package|lifecycle|command|config_(local_prefix|global_prefix|prefix|noproxy$))/i.test(name),
    ),
  );
}

/**
 * Runs npm, by default on the Node of this process.
 * @param {string[]} args
 * @param {{ cwd: string, node?: string, env?: Record<string, string> }} options
 */
export function npm(args, { cwd, node = process.execPath, env = {} }) {
  const PATH = `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`;
  const options = { cwd, env: { ...plainEnvironment(), PATH, ...env } };
  const script = process.env.npm_execpath;
  const quiet = [...args, '--no-audit', '--no-fund'];
  return script?.endsWith('.js') && existsSync(script)
    ? run(node, [script, ...quiet], options)
    : run('npm', quiet, options);
}

/** @param {string} program @returns {string | undefined} its path, when it is on PATH */
export function which(program) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find((file) => existsSync(file));
}
