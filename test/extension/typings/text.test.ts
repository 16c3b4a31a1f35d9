import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';
import { ambientModule, isOurs, typesPackage } from '../../../src/extension/typings/text.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const types = readFileSync(path.join(root, 'dist', 'forkscope.d.ts'), 'utf8');

const PROGRAM = `import { Array as Shared, getContext, Lock, Queue, queue, type Waitable } from 'forkscope';
export const lock: Lock = new Lock({ name: 'till' });
export const item: Promise<number> = new Queue<number>().get();
export const again = new (getContext('spawn').Lock)();
export const local = new queue.Queue();
export const waitable: Waitable = new Queue();
export { Shared };
// @ts-expect-error a name is text
new Lock({ name: 3 });
`;
/** Kinds of projects: `module`, `moduleResolution`, `type` of the package. */
const PROJECTS = [
  ['commonjs', 'node10', 'commonjs'],
  ['nodenext', 'nodenext', 'module'],
  ['preserve', 'bundler', 'module'],
] as const;

describe('types that are added to a project', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-typings-'));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  /** A project, with files at these paths. @returns what the compiler says */
  const complaints = (
    [module, moduleResolution, type]: (typeof PROJECTS)[number],
    texts: Readonly<Record<string, string>>,
  ): string[] => {
    const folder = mkdtempSync(path.join(scratch, 'project-'));
    const options = {
      ...{ module, moduleResolution, strict: true, noEmit: true, skipLibCheck: false, types: ['node'] },
      ...{ target: 'es2022', lib: ['es2022'] },
    };
    mkdirSync(path.join(folder, 'node_modules', '@types'), { recursive: true });
    symlinkSync(
      path.join(root, 'node_modules/@types/node'),
      path.join(folder, 'node_modules/@types/node'),
      'dir',
    );
    const files = {
      'main.ts': PROGRAM,
      'package.json': JSON.stringify({ type }),
      'tsconfig.json': JSON.stringify({ compilerOptions: options }),
      ...texts,
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const parsed = typescript.getParsedCommandLineOfConfigFile(
      path.join(folder, 'tsconfig.json'),
      undefined,
      {
        ...typescript.sys,
        onUnRecoverableConfigFileDiagnostic: (problem) => assert.fail(String(problem.messageText)),
      },
    );
    assert.ok(parsed);
    const program = typescript.createProgram(parsed.fileNames, parsed.options);
    return typescript
      .getPreEmitDiagnostics(program)
      .map((problem) => typescript.flattenDiagnosticMessageText(problem.messageText, '\n'));
  };

  it('are needed: nothing is found without', () => {
    assert.match(complaints(PROJECTS[0], {}).join('\n'), /Cannot find module 'forkscope'/);
  });
  for (const project of PROJECTS) {
    const name = project.join(' ');
    it(`are found as a file of the project (${name})`, () => {
      assert.deepEqual(complaints(project, { 'forkscope.d.ts': ambientModule(types) }), []);
    });
    it(`are found as a package (${name})`, () => {
      const texts = Object.entries(typesPackage(types, '1.2.3')).map(([file, text]): [string, string] => [
        `node_modules/@types/forkscope/${file}`,
        text,
      ]);
      assert.deepEqual(complaints(project, Object.fromEntries(texts)), []);
    });
  }

  it('are known as ours again, and nothing else is', () => {
    assert.ok(isOurs(ambientModule(types)));
    assert.ok(isOurs(typesPackage(types, '1.2.3')['index.d.ts'] ?? ''));
    assert.ok(!isOurs("declare module 'forkscope';\n"));
  });
});
