import path from 'node:path';
import type * as vscode from 'vscode';

/** A task of ours as tasks.json has it: a script with its arguments, or an npm script. Variables are substituted by the editor later. */
export interface TaskDefinition extends vscode.TaskDefinition {
  /** TypeScript or JavaScript file, relative to `cwd`. */
  readonly script?: string;
  /** Name of an npm script, in place of `script`. */
  readonly npm?: string;
  /** Folder of its package.json, relative to the workspace folder. */
  readonly path?: string;
  readonly args?: readonly string[];
  /** Relative to the workspace folder. */
  readonly cwd?: string;
}

/** What is wrong with it is left out: an editor marks it in tasks.json and hands it over all the same. */
export function taskDefinition(given: vscode.TaskDefinition): TaskDefinition {
  const text = (name: string): Record<string, string> => {
    const value: unknown = given[name];
    return typeof value === 'string' && value !== '' ? { [name]: value } : {};
  };
  const args: unknown = given.args;
  return {
    type: given.type,
    ...text('script'),
    ...text('npm'),
    ...text('path'),
    ...text('cwd'),
    ...(Array.isArray(args) ? { args: args.map(String) } : {}),
  };
}

/** Does the editor still have to substitute something? */
export function hasVariables(...texts: readonly string[]): boolean {
  return texts.some((text) => text.includes('${'));
}

/** A folder of a definition; one that begins with a variable is left as it is. */
export function folderIn(root: string, given: string | undefined): string {
  if (given === undefined) return root;
  return given.startsWith('${') ? given : path.resolve(root, given);
}
