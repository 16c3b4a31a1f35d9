import assert from 'node:assert/strict';
import { after, afterEach, before, describe } from 'mocha';
import * as vscode from 'vscode';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, until } from './support.ts';

const PROGRAM = `import { Lock } from 'forkscope';
export const lock = new Lock({ name: 'till' });
`;

describe('types of a package that is not installed', () => {
  const project = () => vscode.Uri.joinPath(folder('app'), 'typed');
  const at = (...names: string[]) => vscode.Uri.joinPath(project(), ...names);
  const write = (uri: vscode.Uri, text: string) => vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  const isThere = (uri: vscode.Uri) =>
    vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );

  before(async () => {
    await cleanUp(await forkscope());
    const compilerOptions = { module: 'nodenext', strict: true };
    await write(at('tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    await write(at('package.json'), '{ "type": "module" }');
    await write(at('src', 'main.ts'), PROGRAM);
    await write(at('alone.ts'), PROGRAM);
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.workspace.fs.delete(project(), { recursive: true });
  });

  const unresolved = (uri: vscode.Uri) =>
    vscode.languages
      .getDiagnostics(uri)
      .find(({ message }) => message.includes("Cannot find module 'forkscope'"));
  /** Opens a file, and chooses the Quick Fix at its import. Does not wait for the command, which asks. */
  const mend = async (uri: vscode.Uri) => {
    await vscode.window.showTextDocument(uri);
    const problem = await until('the problem of the import', () => unresolved(uri));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ title }) => title === 'Add types of forkscope to the project…');
    assert.ok(fix?.command, actions.map(({ title }) => title).join('\n'));
    const { command, arguments: given = [] } = fix.command;
    return vscode.commands.executeCommand(command, ...given);
  };
  const choose = (text: string) => inPage((workbench, entry) => workbench.pick(entry), text);

  itOnPage('are added as a file of the project, and taken away again', async () => {
    const [main, types] = [at('src', 'main.ts'), at('src', 'forkscope.d.ts')];
    const added = mend(main);
    await inPage(async ({ page }) => {
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'node_modules' }).waitFor();
    });
    assert.ok(!(await isThere(types)), 'nothing is written before the answer');
    await choose('src/forkscope.d.ts');
    await added;
    await until('the problem to go', () => unresolved(main) === undefined);
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      main,
      new vscode.Position(0, 10),
    );
    const text = hover?.contents.map((one) => (typeof one === 'string' ? one : one.value)).join('\n') ?? '';
    assert.match(text, /class Lock/);
    await inPage(async (workbench) => {
      const told = workbench.notification('The types of forkscope are in typed/src/forkscope.d.ts');
      await told.getByRole('button', { name: 'Undo' }).click();
    });
    await until('the problem to come again', () => unresolved(main));
    assert.ok(!(await isThere(types)));
  });

  itOnPage('are added among the packages for a file that no project has, by the palette too', async () => {
    const alone = at('alone.ts');
    await vscode.window.showTextDocument(alone);
    await until('the problem of the import', () => unresolved(alone));
    await inPage((workbench) => workbench.runCommand('Forkscope: Add Types to Project…'));
    await choose('node_modules/@types/forkscope/index.d.ts');
    await until('the problem to go', () => unresolved(alone) === undefined);
    assert.ok(await isThere(at('node_modules', '@types', 'forkscope', 'package.json')));
  });

  itOnPage('never go over a file of somebody else', async () => {
    const [main, own] = [at('src', 'main.ts'), at('src', 'forkscope.d.ts')];
    await vscode.workspace.fs.delete(at('node_modules'), { recursive: true });
    await write(own, '// mine\n');
    const added = mend(main);
    await choose('src/forkscope.d.ts');
    await added;
    await inPage((workbench) => workbench.notification('is there already').first().waitFor());
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(own)).toString(), '// mine\n');
  });
});
