import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { cleanUp, folder, forkscope, lineOf, until } from './support.ts';

/** A program with a fault, and what is written where a Quick Fix has mended it. */
interface Faulty {
  readonly kind: string;
  readonly folder: 'app' | 'examples';
  readonly name: string;
  readonly text: string;
  readonly callSites?: 'all';
  /** Title of the Quick Fix. */
  readonly fix: RegExp;
  readonly mended: RegExp;
}

const FAULTY: readonly Faulty[] = [
  {
    kind: 'stdin-not-ended',
    folder: 'app',
    name: 'feed.mjs',
    text: `import { spawn } from 'node:child_process';
import { once } from 'node:events';

const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
child.stdin.write('one');
child.stdin.write('two');
await once(child, 'exit');
`,
    fix: /^End the child’s stdin: child\.stdin\.end\(\)$/,
    mended: /write\('two'\);\nchild\.stdin\.end\(\);\n/,
  },
  {
    kind: 'stdout-not-drained',
    folder: 'app',
    name: 'flood.mjs',
    text: `import { spawn } from 'node:child_process';
import { once } from 'node:events';

const child = spawn(process.execPath, ['-e', 'process.stdout.write("x".repeat(1e6))']);
await once(child, 'exit');
`,
    fix: /^Read the child’s stdout and drop it: child\.stdout\.resume\(\)$/,
    mended: /\]\);\nchild\.stdout\.resume\(\);\n/,
  },
  {
    kind: 'ipc-keeps-alive',
    folder: 'app',
    name: 'ask.mjs',
    text: `import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

if (process.send) {
  process.on('message', (question) => process.send(question + '!'));
} else {
  const child = fork(fileURLToPath(import.meta.url));
  child.send('work');
  const [answer] = await once(child, 'message');
  console.log(answer);
  await once(child, 'exit');
}
`,
    fix: /^Disconnect the child when it has answered: child\.disconnect\(\)$/,
    mended: /'message'\);\n {2}child\.disconnect\(\);\n/,
  },
  {
    kind: 'port-keeps-alive',
    folder: 'app',
    name: 'thread.mjs',
    text: `import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.postMessage(1);
  const [answer] = await once(worker, 'message');
  console.log(answer);
} else {
  parentPort.on('message', (number) => parentPort.postMessage(number + 1));
}
`,
    fix: /^Let the worker go when it has answered: worker\.unref\(\)$/,
    mended: /'message'\);\n {2}worker\.unref\(\);\n/,
  },
  {
    kind: 'owner-died',
    folder: 'examples',
    name: 'throws.ts',
    text: `import { isMain, Lock, OwnerDiedError, Process } from 'forkscope';

export async function pay(lock: Lock): Promise<void> {
  await lock.acquire();
  if (lock.name === 'till') throw new Error('no money');
  lock.release();
}

async function main(): Promise<void> {
  const lock = new Lock({ name: 'till' });
  const child = new Process({ target: pay, args: [lock] });
  await child.start();
  await child.join();
  await lock.acquire().catch((error: unknown) => {
    if (!(error instanceof OwnerDiedError)) throw error;
  });
}

if (isMain(import.meta)) void main();
`,
    fix: /^Release the lock in a finally block$/,
    mended: /acquire\(\);\n {2}try {\n {4}if .*\n {2}} finally {\n {4}lock\.release\(\);\n {2}}\n/,
  },
  {
    kind: 'lock-cycle',
    // Of locks that come and go so fast the line is otherwise the one last seen, which no edit is made at.
    callSites: 'all',
    folder: 'examples',
    name: 'crossed.ts',
    text: `import { isMain, Lock, Process } from 'forkscope';

export async function one(a: Lock, b: Lock): Promise<void> {
  for (let i = 0; i < 1e5; i++) {
    await a.acquire();
    await b.acquire();
    b.release();
    a.release();
  }
}

export async function two(a: Lock, b: Lock): Promise<void> {
  for (let i = 0; i < 1e5; i++) {
    await b.acquire();
    await a.acquire();
    a.release();
    b.release();
  }
}

async function main(): Promise<void> {
  const [a, b] = [new Lock({ name: 'a' }), new Lock({ name: 'b' })];
  const children = [new Process({ target: one, args: [a, b] }), new Process({ target: two, args: [a, b] })];
  for (const child of children) await child.start();
  for (const child of children) await child.join();
}

if (isMain(import.meta)) void main();
`,
    fix: /^Take the locks at crossed\.ts:5 in the order of crossed\.ts:14$/,
    mended:
      /one\(a: Lock, b: Lock\).*\n.*\n {4}await b\.acquire\(\);\n {4}await a\.acquire\(\);\n {4}b\.release/,
  },
];

describe('Quick Fixes', () => {
  let api: ForkscopeApi;
  before(async () => {
    api = await forkscope();
    await cleanUp(api);
  });
  afterEach(async () => {
    if (api.sessions.list().some(({ live }) => live)) await vscode.commands.executeCommand('forkscope.stop');
    await cleanUp(api);
  });
  after(() => cleanUp(api));

  const open = async (faulty: Pick<Faulty, 'folder' | 'name' | 'text'>) => {
    const uri = vscode.Uri.joinPath(folder(faulty.folder), faulty.name);
    await vscode.workspace.fs.writeFile(uri, Buffer.from(faulty.text));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    return document;
  };
  const callSites = (mode: Faulty['callSites']) =>
    vscode.workspace
      .getConfiguration('forkscope')
      .update('callSites', mode, vscode.ConfigurationTarget.Global);
  const run = async ({ uri }: vscode.TextDocument) => {
    const dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', uri);
    assert.ok(dir);
    return dir;
  };
  const problems = ({ uri }: vscode.TextDocument, kind?: string) =>
    vscode.languages
      .getDiagnostics(uri)
      .filter(({ source, code }) => source === 'Forkscope' && (kind === undefined || code === kind));
  const problem = (document: vscode.TextDocument, dir: string, kind: string) =>
    until(`${kind} at its line`, () => {
      const found = api.sessions.get(dir)?.lastUpdate?.findings ?? [];
      return problems(document, kind)[0] ?? assert.fail(`found: ${found.map((f) => f.kind).join(' ')}`);
    });
  const actions = async ({ uri }: vscode.TextDocument, { range }: vscode.Diagnostic) =>
    vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      range,
      vscode.CodeActionKind.QuickFix.value,
    );
  const end = (dir: string) => until('the end', () => api.sessions.known(dir)?.live === false);

  for (const faulty of FAULTY) {
    it(`mends ${faulty.kind}, and the problem stays until the program runs again`, async () => {
      await callSites(faulty.callSites);
      const document = await open(faulty);
      const first = await run(document);
      const shown = await problem(document, first, faulty.kind);
      const fix = (await actions(document, shown)).find(({ title }) => faulty.fix.test(title));
      assert.ok(fix?.edit, (await actions(document, shown)).map(({ title }) => title).join('\n'));
      if (api.sessions.known(first)?.live) await vscode.commands.executeCommand('forkscope.stop');
      await end(first);
      await until('it to stay when the program has ended', () => problems(document, faulty.kind).length > 0);
      assert.ok(await vscode.workspace.applyEdit(fix.edit));
      assert.match(document.getText(), faulty.mended);
      await document.save();
      assert.ok(problems(document, faulty.kind).length > 0, 'it stays when the file is edited');

      const second = await run(document);
      await until('the problem of the first run to go', () => problems(document, faulty.kind).length === 0);
      await end(second);
      const { findings } = api.sessions.get(second)?.lastUpdate ?? assert.fail('the trace is read');
      assert.deepEqual(
        findings.filter(({ kind }) => kind === faulty.kind),
        [],
      );
      await callSites(undefined);
    });
  }

  it('edits nothing where the order of locks is that of arguments, and explains', async () => {
    const script = vscode.Uri.joinPath(folder('examples'), 'deadlock.ts');
    const document = await vscode.workspace.openTextDocument(script);
    await vscode.window.showTextDocument(document);
    const dir = await run(document);
    const shown = await problem(document, dir, 'lock-cycle');
    const offered = await actions(document, shown);
    assert.deepEqual(
      offered.map(({ title }) => title),
      ['Inspect who waits for whom', 'Explain this finding'],
    );
    const { command, arguments: given = [] } = offered[1]?.command ?? assert.fail();
    await vscode.commands.executeCommand(command, ...given);
    const page = await until('the page', () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => /lock-cycle/.test(label)),
    );
    assert.ok(page.input instanceof vscode.TabInputWebview);
    const text = await until('its text', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'forkscope-finding')?.getText(),
    );
    assert.match(text, /^# .*wait for each other/);
    assert.match(text, /^## Why this is reported$/m);
    assert.match(text, /^- \[deadlock\\\.ts\\:10\]\(<file:.*deadlock\.ts#L10>\)/m);
    assert.match(text, /^## About findings of this kind\n\nTwo or more processes/m);
  });

  it('edits nothing where the line is another one now', async () => {
    const [faulty = assert.fail()] = FAULTY;
    const document = await open(faulty);
    const dir = await run(document);
    const shown = await problem(document, dir, faulty.kind);
    assert.ok((await actions(document, shown)).some(({ title }) => faulty.fix.test(title)));
    const change = async (text: string, by: string) => {
      const edit = new vscode.WorkspaceEdit();
      const at = document.getText().indexOf(text);
      edit.replace(
        document.uri,
        new vscode.Range(document.positionAt(at), document.positionAt(at + text.length)),
        by,
      );
      assert.ok(await vscode.workspace.applyEdit(edit));
    };
    // A line above: problem and fix go where the line has gone.
    await change('import { once }', '// More of them.\nimport { once }');
    const lower = await until('the problem to move', () => {
      const [now] = problems(document, faulty.kind);
      return now?.range.start.line === shown.range.start.line + 1 && now;
    });
    const moved = (await actions(document, lower)).find(({ title }) => faulty.fix.test(title));
    const [, [only] = []] = moved?.edit?.entries()[0] ?? [];
    assert.equal(only?.range.start.line, lineOf(document, "write('two')") - 1);
    await change("'process.stdin.resume()'", '\'process.stdin.on("data", () => {})\'');
    const still = await until('the problem', () => problems(document, faulty.kind)[0]);
    assert.ok(!(await actions(document, still)).some(({ title }) => faulty.fix.test(title)));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
