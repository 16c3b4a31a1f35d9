import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { attendArguments } from '../run/command-line.ts';
import type { Runner } from '../run/runner.ts';
import { saveEditedFiles } from '../run/scripts.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { settings } from '../workbench/settings.ts';
import { Attendant } from './attendant.ts';
import { CHILD_KEY } from './debuggees.ts';

/** Key of a resolved configuration: folder of the trace. */
export const TRACE_KEY = '__forkscopeTrace';

/** js-debug starts these as Node; anything else is a command (npm, a shell script) whose Node processes are traced. */
const NODE = /^node(js|64)?(\.exe)?$/i;

/** What of js-debug's `node` configuration is read and changed. */
interface LaunchConfiguration extends vscode.DebugConfiguration {
  readonly forkscope?: unknown;
  readonly program?: string;
  readonly args?: readonly string[] | string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly envFile?: string | null;
  readonly runtimeExecutable?: string | null;
  readonly runtimeArgs?: readonly string[];
  readonly skipFiles?: readonly string[];
}

/** A configuration that was started. */
interface Start {
  readonly folder: vscode.WorkspaceFolder | undefined;
  readonly config: vscode.DebugConfiguration;
}

/** Puts `node` configurations that are marked `forkscope: true` under trace: each becomes a session of its own. */
export class Tracing implements vscode.DebugConfigurationProvider {
  /** By folder of the trace. */
  readonly attendants = new Map<string, Attendant>();
  /** What was started, by folder of the trace. Not kept over a reload: variables, which may be secret, are substituted in it. */
  readonly starts = new Map<string, Start>();
  private readonly extension: vscode.Uri;
  private readonly sessions: Sessions;
  private readonly runner: Runner;
  private readonly started: (dir: string) => Promise<unknown>;

  /** @param started called with the folder of a session that begins */
  constructor(
    extension: vscode.Uri,
    sessions: Sessions,
    runner: Runner,
    started: (dir: string) => Promise<unknown>,
  ) {
    this.extension = extension;
    this.sessions = sessions;
    this.runner = runner;
    this.started = started;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    config: LaunchConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const wanted = config.forkscope === true || typeof config.forkscope === 'object';
    if (!wanted || config.request !== 'launch' || CHILD_KEY in config) return config;
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage(vscode.l10n.t('Programs are run only in trusted folders.'));
      return undefined;
    }
    try {
      return await this.trace(folder, config);
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
      return undefined;
    }
  }

  private async trace(
    folder: vscode.WorkspaceFolder | undefined,
    config: LaunchConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    await saveEditedFiles();
    const cwd = config.cwd || folder?.uri.fsPath || path.dirname(config.program ?? process.cwd());
    const scope = config.program ? vscode.Uri.file(path.resolve(cwd, config.program)) : folder?.uri;
    const executable = config.runtimeExecutable ?? '';
    const isNode = executable === '' || NODE.test(path.basename(executable));
    const runtime = await this.runner.runtime(scope, cwd, {
      wanted: isNode && executable !== 'node' ? executable : '',
      env: { ...process.env, ...present(config.env) },
    });
    if (runtime === undefined) return undefined;
    const dir = this.runner.newTrace(config.program ?? config.name);
    const attendant = await Attendant.start(
      dir,
      runtime,
      attendArguments({
        cli: vscode.Uri.joinPath(this.extension, 'dist', 'cli.js').fsPath,
        node: runtime,
        trace: dir,
        settings: settings(scope),
        nodeOptions: ownNodeOptions(config),
        target:
          isNode && config.program ? [config.program] : ['--', executable || runtime, ...argsOf(config)],
      }),
      cwd,
    );
    this.attendants.set(dir, attendant);
    this.starts.set(dir, { folder, config });
    this.sessions.announce(dir, config.name, config.program ? path.resolve(cwd, config.program) : '');
    await this.sessions.open(dir);
    void this.started(dir);
    return marked(config, attendant, isNode ? runtime : executable);
  }
}

/** The configuration with which js-debug starts the program under trace. */
function marked(
  config: LaunchConfiguration,
  { dir, invitation }: Attendant,
  runtimeExecutable: string,
): vscode.DebugConfiguration {
  const { skipFiles = ['<node_internals>/**'], runtimeArgs = [], env } = config;
  return {
    ...config,
    runtimeExecutable,
    runtimeArgs: [...invitation.execArgv, ...runtimeArgs],
    env: { ...env, ...invitation.env },
    // Stepping into a traced function would else lead into the tracer.
    skipFiles: [...skipFiles, `${invitation.files.replaceAll('\\', '/')}/**`],
    [TRACE_KEY]: dir,
  };
}

function present(env: LaunchConfiguration['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, value ?? undefined]));
}

function argsOf({ program, args = [], runtimeArgs = [] }: LaunchConfiguration): string[] {
  return [...runtimeArgs, ...(program ? [program] : []), ...(typeof args === 'string' ? [args] : args)];
}

/** NODE_OPTIONS of the program's own: js-debug adds those of its own environment itself. */
function ownNodeOptions({ env, envFile }: LaunchConfiguration): string {
  const given = env?.NODE_OPTIONS;
  if (given !== undefined || !envFile) return given ?? '';
  try {
    return parseEnv(readFileSync(envFile, 'utf8')).NODE_OPTIONS ?? '';
  } catch {
    // js-debug says what is wrong with it.
    return '';
  }
}
