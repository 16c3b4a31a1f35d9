import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as l10n from '@vscode/l10n';
import { messageOf } from '../../base/errors.ts';
import { UserError } from '../../session/core/user-error.ts';
import { findNode, type NodeInfo, OLDEST_NODE } from '../../session/node/node.ts';

/** Why there is no Node to run with: to be shown with a way to choose another one. */
export class NoUsableNode extends Error {
  override readonly name = 'RuntimeError';
}

const SHELL_PATIENCE = 15_000;
/** Marks our line among what a user's start files print. */
const MARK = 'forkscope-node=';

/**
 * The user's Node: the setting, else the `node` of PATH, else that of the login shell (version managers put it there, and
 * an editor that was started from the desktop may not have its PATH). Never the editor's own executable.
 * @throws RuntimeError in words for the user
 */
export async function findRuntime(
  configured: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<NodeInfo> {
  if (configured !== '') {
    return findNode(configured, cwd, env).catch((cause: unknown) => {
      const problem = problemOf(cause);
      throw new NoUsableNode(
        l10n.t('The Node.js of the setting forkscope.runtimeExecutable can’t be used: {0}', problem),
        { cause },
      );
    });
  }
  const first = await findNode(undefined, cwd, env).catch((error: Error) => error);
  if (!(first instanceof Error)) return first;
  const shell = await shellNode(env, cwd);
  const second = shell === undefined ? first : await findNode(shell, cwd, env).catch((error: Error) => error);
  if (!(second instanceof Error)) return second;
  const text = l10n.t('Running with tracing needs Node.js {0} or newer: {1}', OLDEST_NODE, problemOf(second));
  throw new NoUsableNode(text, { cause: second });
}

/** Without the hint: it names options of the command line, which a user of the editor does not have. */
function problemOf(error: unknown): string {
  return error instanceof UserError ? error.problem : messageOf(error);
}

/** The `node` of the user's login shell; `undefined` where it has none, or does not answer. */
export async function shellNode(env: NodeJS.ProcessEnv, cwd: string): Promise<string | undefined> {
  const shell = env.SHELL;
  if (process.platform === 'win32' || !shell) return undefined;
  try {
    const { stdout } = await promisify(execFile)(
      shell,
      ['-i', '-l', '-c', `echo "${MARK}$(command -v node)"`],
      {
        cwd,
        env,
        timeout: SHELL_PATIENCE,
      },
    );
    const line = stdout.split('\n').find((l) => l.startsWith(MARK));
    const found = line?.slice(MARK.length).trim();
    return found?.startsWith('/') ? found : undefined;
  } catch {
    return undefined;
  }
}
