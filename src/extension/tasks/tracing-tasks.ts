import path from 'node:path';
import * as vscode from 'vscode';
import { scriptCommand } from '../npm/package-manager.ts';
import { packagePath, workspaceScripts } from '../npm/packages.ts';
import { taskArguments } from '../run/command-line.ts';
import { commandName, environmentOf } from '../run/commands.ts';
import type { Runner } from '../run/runner.ts';
import { findRuntime } from '../run/runtime.ts';
import type { RunRecord } from '../sessions/record.ts';
import { TASK_TYPE } from '../workbench/contributions.ts';
import { setting, settings } from '../workbench/settings.ts';
import { folderIn, hasVariables, type TaskDefinition, taskDefinition } from './definition.ts';

/** What a task runs. */
export interface TaskProgram {
  readonly name: string;
  readonly script: string | undefined;
  readonly cwd: string;
  readonly run: RunRecord;
}

/** Tasks of the type `forkscope`: the npm scripts of the workspace, and what tasks.json has. */
export class TracingTasks implements vscode.TaskProvider {
  private readonly runner: Runner;

  constructor(runner: Runner) {
    this.runner = runner;
  }

  async provideTasks(): Promise<vscode.Task[]> {
    if (!vscode.workspace.isTrusted) return [];
    // Each question starts a Node: one for each folder of the workspace, however many scripts it has.
    const asked = new Map<string, Promise<string | undefined>>();
    const node = (root: vscode.Uri, cwd: string) => {
      const known = asked.get(cwd) ?? usableNode(root, cwd);
      asked.set(cwd, known);
      return known;
    };
    const made = (await workspaceScripts()).map(async ({ file, script, command }) => {
      const folder = vscode.workspace.getWorkspaceFolder(file);
      const where = packagePath(file);
      const definition = { type: TASK_TYPE, npm: script, ...(where === '' ? {} : { path: where }) };
      const name = where === '' ? `npm run ${script}` : `npm run ${script} - ${where}`;
      const task = folder && (await this.task(definition, folder, name, node));
      if (task) task.detail = command;
      return task ?? [];
    });
    return (await Promise.all(made)).flat();
  }

  /** The user is told where there is no Node. */
  resolveTask(given: vscode.Task): Promise<vscode.Task | undefined> {
    const node = (scope: vscode.Uri, cwd: string) => this.runner.runtime(scope, cwd);
    return this.task(given.definition, given.scope ?? vscode.TaskScope.Workspace, given.name, node);
  }

  private async task(
    definition: vscode.TaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    name: string,
    node: (scope: vscode.Uri, cwd: string) => Promise<string | undefined>,
  ): Promise<vscode.Task | undefined> {
    const root = rootOf(scope);
    const runtime = root && (await node(root, root.fsPath));
    const program = runtime ? await programOf(definition, scope, runtime) : undefined;
    if (!program || !runtime || !root) return undefined;
    const { cwd, script, run } = program;
    const args = taskArguments({
      cli: this.runner.cli,
      node: runtime,
      traces: this.runner.traces,
      target: script === undefined ? ['--', run.of?.command ?? '', ...run.args] : [script, ...run.args],
      settings: settings(root),
    });
    const execution = new vscode.ProcessExecution(runtime, args, {
      cwd,
      ...(run.of ? { env: environmentOf(runtime) } : {}),
    });
    // The same definition: by it the editor knows that this is the task that it has asked for.
    return new vscode.Task(definition, scope, name, TASK_TYPE, execution, []);
  }
}

/** What a definition means; `undefined`: nothing. */
export async function programOf(
  given: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  runtime: string,
): Promise<TaskProgram | undefined> {
  const definition = taskDefinition(given);
  const root = rootOf(scope)?.fsPath;
  if (root === undefined) return undefined;
  if (definition.npm !== undefined) return npmProgram(definition, definition.npm, root, runtime);
  if (definition.script === undefined) return undefined;
  const { script, args = [] } = definition;
  const cwd = folderIn(root, definition.cwd);
  return { name: path.basename(script), script, cwd, run: { args, runtime } };
}

async function npmProgram(
  { path: where, args: given = [] }: TaskDefinition,
  script: string,
  root: string,
  runtime: string,
): Promise<TaskProgram> {
  const folder = folderIn(root, where);
  const { of, args } = await scriptCommand(hasVariables(folder) ? root : folder, script, given);
  const run = { args, runtime, of: { ...of, cwd: folder } };
  return { name: commandName(of, args), script: undefined, cwd: folder, run };
}

/** Folder in which a task runs that belongs to no folder: the first. */
function rootOf(scope: vscode.WorkspaceFolder | vscode.TaskScope): vscode.Uri | undefined {
  return typeof scope === 'object' ? scope.uri : vscode.workspace.workspaceFolders?.[0]?.uri;
}

async function usableNode(scope: vscode.Uri, cwd: string): Promise<string | undefined> {
  try {
    return (await findRuntime(setting('runtimeExecutable', scope), cwd, process.env)).executable;
  } catch {
    return undefined;
  }
}
