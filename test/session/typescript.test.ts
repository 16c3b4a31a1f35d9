import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { chooseLoader } from '../../src/session/node/loader.ts';
import { findNode } from '../../src/session/node/node.ts';
import { run } from '../cli/support.ts';
import { files, type Ran, ROOT, scratch } from './support.ts';

/** No tsx and no forkscope near: the bundled transformer and the bundled runtime must do. */
async function runAlone(t: TestContext, dir: string, script: string): Promise<Ran> {
  const ran = run(t, ['--no-report', path.join(dir, script)], {
    env: { FORKSCOPE_CACHE_DIR: path.join(dir, 'cache') },
  });
  const { code } = await ran.ended;
  assert.equal(code, 0, ran.err());
  return ran;
}

const MAIN = `
import { Mode, double, site } from './lib.js';
import { old } from './old.cts';
import { Queue } from 'forkscope';
class Point { constructor(private readonly x: number) {} get twice(): number { return double(this.x); } }
async function main(): Promise<void> {
  await using gone = { async [Symbol.asyncDispose]() { console.log('disposed'); } };
  console.log(Mode.Fast, new Point(21).twice, old, typeof Queue, typeof gone);
}
interface Padding {
  lines: 'that are removed';
}
await main();
console.log(site());
console.log(/main\\.ts:\\d+:\\d+/.exec(new Error('here').stack ?? '')?.[0]);
`;
const LIB = `
interface Removed { one: 1; two: 2 }


export enum Mode { Slow, Fast }
export const double = (x: number): number => x * 2;
export function site(): string { return new Error('x').stack?.split('\\n')[1]?.replace(/.*[\\\\/]/, '') ?? ''; }
`;

test('syntax that must be compiled, .js names, CommonJS, the bundled runtime and source lines', async (t) => {
  const dir = scratch(t);
  files(dir, {
    'main.ts': MAIN,
    'lib.ts': LIB,
    'old.cts': "import path = require('node:path');\nexport const old: string = path.basename(__filename);\n",
    'package.json': '{"type":"module"}',
  });
  for (const round of ['compiled', 'from the cache']) {
    const ran = await runAlone(t, dir, 'main.ts');
    const line = MAIN.split('\n').findIndex((text) => text.includes("Error('here')")) + 1;
    const libLine = LIB.split('\n').findIndex((text) => text.includes('function site')) + 1;
    const [first, disposed, site, here] = ran.out().trim().split('\n');
    assert.equal(first, '1 42 old.cts function object', round);
    assert.equal(disposed, 'disposed');
    assert.match(site ?? '', new RegExp(`^lib\\.ts:${libLine}:`), 'stacks show TypeScript lines');
    assert.match(here ?? '', new RegExp(`^main\\.ts:${line}:`));
  }
  assert.equal(readdirSync(path.join(dir, 'cache', 'transpiled')).length, 3);
});

test('a script without a package type is a module or CommonJS by its syntax', async (t) => {
  const dir = scratch(t);
  files(dir, {
    'common.ts':
      "enum A { x }\nconst os: typeof import('node:os') = require('node:os');\nconsole.log(require.main === module, typeof os.cpus, A.x);",
    'module.ts':
      'enum A { x }\nconst v: number = await Promise.resolve(2);\nconsole.log(import.meta.url.slice(-9), v, A.x);\nexport {};',
  });
  assert.equal((await runAlone(t, dir, 'common.ts')).out(), 'true function 0\n');
  assert.equal((await runAlone(t, dir, 'module.ts')).out(), 'module.ts 2 0\n');
});

test('JSX is compiled in modules and in CommonJS, by the tsconfig.json or without one', async (t) => {
  const element = "console.log(JSON.stringify(<b id={'x' as string}>{1}</b>), typeof module);";
  const classic = `const React = { createElement: (...all: unknown[]) => all };\n${element}\n`;
  const dir = scratch(t);
  mkdirSync(path.join(dir, 'kept/node_modules/own'), { recursive: true });
  files(dir, {
    'plain.tsx': classic,
    'module.tsx': `export {};\n${classic}`,
    'kept/tsconfig.json': '{"compilerOptions":{"jsx":"preserve","jsxImportSource":"own"}}',
    'kept/main.tsx': element,
    'kept/node_modules/own/jsx-runtime.js': 'exports.jsx = (...all) => all;',
  });
  assert.equal((await runAlone(t, dir, 'plain.tsx')).out(), '["b",{"id":"x"},1] object\n');
  assert.equal((await runAlone(t, dir, 'module.tsx')).out(), '["b",{"id":"x"},1] undefined\n');
  assert.match((await runAlone(t, dir, 'kept/main.tsx')).out(), /^\["b",\{"id":"x","children":1\}\] /);
});

const requiresModules = 'require_module' in process.features && process.features.require_module === true;
const where = { skip: requiresModules ? false : 'this Node can’t require ES modules' };
test('require takes a TypeScript module where Node takes modules', where, async (t) => {
  const dir = scratch(t);
  files(dir, {
    'main.cts': "const { E } = require('./esm.mts');\nenum Own { A = 2 }\nconsole.log(E.Z, Own.A);\n",
    'esm.mts': 'export enum E { Z = 7 }\n',
  });
  assert.equal((await runAlone(t, dir, 'main.cts')).out(), '7 2\n');
});

test('decorators and class fields follow the tsconfig.json', async (t) => {
  const dir = scratch(t);
  mkdirSync(path.join(dir, 'src'));
  files(dir, {
    'base.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
    'tsconfig.json': '{ "extends": "./base.json" /* comments are allowed */ }',
    'src/main.ts':
      "function log(_: object, name: string) { console.log('decorated', name); }\nclass A {\n  @log\n  method(): void {}\n}\nnew A().method();",
  });
  assert.equal((await runAlone(t, dir, 'src/main.ts')).out(), 'decorated method\n');
});

test('workers and forked children of a TypeScript program run TypeScript too', async (t) => {
  const dir = scratch(t);
  files(dir, {
    'package.json': '{"type":"module"}',
    'main.ts': `
      import { fork } from 'node:child_process';
      import { Worker } from 'node:worker_threads';
      enum Kind { Thread, Process }
      const here = (name: string): URL => new URL(name, import.meta.url);
      new Worker(here('./part.ts'), { workerData: Kind[Kind.Thread] }).on('exit', () => {
        fork(here('./part.ts'), [Kind[Kind.Process]!]);
      });`,
    'part.ts': `
      import { workerData } from 'node:worker_threads';
      enum Word { Hello = 'hello' }
      console.log(Word.Hello, (workerData as string | null) ?? process.argv[2]);`,
  });
  assert.equal((await runAlone(t, dir, 'main.ts')).out(), 'hello Thread\nhello Process\n');
});

test('a plain JavaScript program finds the bundled runtime, as a module and by require', async (t) => {
  const dir = scratch(t);
  files(dir, {
    'a.mjs': "import { Lock } from 'forkscope';\nconsole.log(typeof Lock);",
    'b.cjs':
      "console.log(typeof require('forkscope').Lock);\ntry { require('not-there'); } catch (e) { console.log(e.code); }",
  });
  assert.equal((await runAlone(t, dir, 'a.mjs')).out(), 'function\n');
  assert.equal((await runAlone(t, dir, 'b.cjs')).out(), 'function\nMODULE_NOT_FOUND\n');
});

test('who loads a script: Node alone, the workspace’s tsx, or the bundled transformer', async (t) => {
  const dir = scratch(t);
  files(dir, {
    'clean.ts': 'const a: number = 1;',
    'enum.ts': 'enum A { b }',
    'a.mjs': '',
    'alias.ts': "import '@/clean';",
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }',
  });
  const here = await findNode(process.execPath, dir, process.env);
  const at = (major: number, minor = 0) => ({ ...here, major, minor, stripsTypes: major >= 22 });
  const kind = (name: string, major: number) =>
    chooseLoader(path.join(dir, name), at(major, 6), '/files').kind;
  assert.equal(kind('a.mjs', 20), 'node');
  assert.deepEqual(
    ['clean.ts', 'enum.ts', 'alias.ts'].map((name) => kind(name, 24)),
    ['node', 'bundled', 'bundled'],
  );
  assert.deepEqual(
    ['clean.ts', 'enum.ts'].map((name) => kind(name, 22)),
    ['bundled', 'bundled'],
  );
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(dir, 'node_modules'), 'junction');
  assert.deepEqual(
    ['clean.ts', 'enum.ts'].map((name) => kind(name, 24)),
    ['node', 'tsx'],
  );
  assert.deepEqual(
    ['clean.ts', 'enum.ts'].map((name) => kind(name, 20)),
    ['tsx', 'tsx'],
  );
  assert.throws(() => chooseLoader(path.join(dir, 'enum.ts'), at(20, 3), '/files'), /20\.6 or newer/);
});

test('paths of tsconfig.json lead to files, in imports and in require, for children too', async (t) => {
  const dir = scratch(t);
  mkdirSync(path.join(dir, 'src'));
  files(dir, {
    'base.json':
      '{ "compilerOptions": { "baseUrl": "src", "paths": { "@lib/*": ["none/*", "*"], "~/*": ["*"], "exact": ["lib.ts"], } } }',
    'tsconfig.json': '{\n  // as the editor writes it\n  "extends": "./base", /* , */\n}',
    'src/lib.ts': "export const where = 'lib://[]';\nexport type T = 1;",
    'src/plain.cts': "export const where: string = 'lib://[]';",
    'src/old.cts': "import plain = require('@lib/plain.cjs');\nexport const old: string = plain.where;",
    'main.ts': `import { fork } from 'node:child_process';
import { where } from '@lib/lib';
import { where as same } from 'exact';
import { old } from '~/old.cjs';
console.log(where, same === where, old === where, process.argv[2] ?? '');
if (process.argv[2] === undefined) fork(new URL(import.meta.url).pathname, ['child']);`,
  });
  const ran = await runAlone(t, dir, 'main.ts');
  assert.equal(ran.out(), 'lib://[] true true \nlib://[] true true child\n');
});

test('a damaged cache entry is compiled anew', async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.ts': 'enum A { b = 5 }\nconsole.log(A.b);' });
  await runAlone(t, dir, 'main.ts');
  const cache = path.join(dir, 'cache', 'transpiled');
  for (const entry of readdirSync(cache)) writeFileSync(path.join(cache, entry), '');
  assert.equal((await runAlone(t, dir, 'main.ts')).out(), '5\n');
  assert.ok(existsSync(cache));
});
