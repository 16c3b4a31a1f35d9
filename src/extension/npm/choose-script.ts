import path from 'node:path';
import * as vscode from 'vscode';
import { type NpmScript, PACKAGE, packageLabel, scriptsOf, workspaceScripts } from './packages.ts';

/** What a row of the editor's NPM view holds, as far as it is used. */
interface NpmRow {
  readonly task: { readonly definition: { readonly script: string } };
  readonly package: { readonly resourceUri: vscode.Uri };
}

/**
 * The npm script that is meant: what a lens or a row of the NPM view gives, else what the user picks of the scripts of a
 * package.json, else of all in the workspace.
 * @throws Error for people where there is none
 */
export async function chooseNpmScript(given: unknown): Promise<NpmScript | undefined> {
  if (isNpmRow(given)) return { file: given.package.resourceUri, script: given.task.definition.script };
  if (isNpmScript(given)) return { file: vscode.Uri.from(given.file), script: given.script };
  const file = isPackage(given) ? given : undefined;
  const scripts = file
    ? (await scriptsOf(file)).map(({ name, command }) => ({ file, script: name, command }))
    : await workspaceScripts();
  if (scripts.length === 0)
    throw new Error(
      file
        ? vscode.l10n.t('{0} has no scripts.', vscode.workspace.asRelativePath(file))
        : vscode.l10n.t('No package.json of this workspace has scripts.'),
    );
  const items = scripts.map((script) => ({
    label: script.script,
    description: packageLabel(script.file),
    detail: script.command,
    script,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Run npm Script with Tracing'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.script;
}

function isPackage(given: unknown): given is vscode.Uri {
  return given instanceof vscode.Uri && path.posix.basename(given.path) === PACKAGE;
}

/** Arguments of a link in a hover have been JSON: then the file is no `Uri` any more. */
function isNpmScript(given: unknown): given is { file: vscode.Uri; script: string } {
  return (
    typeof given === 'object' &&
    given !== null &&
    'script' in given &&
    typeof given.script === 'string' &&
    'file' in given &&
    typeof given.file === 'object'
  );
}

function isNpmRow(given: unknown): given is NpmRow {
  const row = given as Partial<NpmRow> | null | undefined;
  return typeof row?.task?.definition?.script === 'string' && row.package?.resourceUri instanceof vscode.Uri;
}
