import path from 'node:path';
import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { Runner } from '../run/runner.ts';
import type { RunRecord } from '../sessions/record.ts';
import { TASK_TYPE } from '../workbench/contributions.ts';
import { hasVariables } from './definition.ts';
import { programOf, type TaskProgram, TracingTasks } from './tracing-tasks.ts';

/**
 * Tasks of the type `forkscope`, each start of which becomes a session.
 * @param started called with the folder of a session that begins
 */
export function registerTasks(runner: Runner, started: (dir: string) => Promise<unknown>): vscode.Disposable {
  const all = new Disposables();
  all.add(vscode.tasks.registerTaskProvider(TASK_TYPE, new TracingTasks(runner)));
  all.add(
    vscode.tasks.onDidStartTaskProcess(async ({ execution: { task }, processId }) => {
      if (task.definition.type !== TASK_TYPE || !processId) return;
      const execution = task.execution;
      const runtime = execution instanceof vscode.ProcessExecution ? execution.process : '';
      const program = await programOf(task.definition, task.scope ?? vscode.TaskScope.Workspace, runtime);
      const dir = program && (await runner.followProcess(processId, told(program)));
      if (dir !== undefined) await started(dir);
    }),
  );
  return all;
}

/** What is known of it before the editor has substituted its variables: only what has none can be run again. */
function told({ name, script, cwd, run }: TaskProgram): {
  name: string | undefined;
  script: string | undefined;
  run: RunRecord | undefined;
} {
  const isKnown = !hasVariables(script ?? '', cwd, ...run.args);
  return {
    name: hasVariables(name) ? undefined : name,
    script: isKnown && script !== undefined ? path.resolve(cwd, script) : undefined,
    run: isKnown ? run : undefined,
  };
}
