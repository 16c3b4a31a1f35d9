import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { isNotErasable, needsTransformer } from '../../src/session/node/erasable.ts';
import { files, scratch } from './support.ts';

const COMPILED = [
  'enum Color { Red }',
  'export const enum Color { Red }',
  'const a = 1; enum Color { Red }',
  'namespace A.B { export const x = 1; }',
  'class P { constructor(private readonly x: number) {} }',
  'class P {\n  constructor(\n    a: number,\n    public b = 1,\n  ) {}\n}',
  "import fs = require('node:fs');",
  'export = 3;',
  '@sealed\nclass A {}',
  'class A {\n  @log() method() {}\n}',
];
const STRIPPED = [
  'interface A { enumerable: boolean }',
  'type E = { [k: string]: number };\nconst x = <const T,>(a: T) => a;',
  '// enum Color { Red }\nconst s = 1;',
  'await using lock = await acquire();',
  "declare module 'x' { export const y: number; }",
  '/**\n * @param a number\n */\nexport function f(a: number): void {}',
  'class A { readonly b = 1; constructor(c: number) { this.d(c); } private d(x: number): void {} }',
  "const mail = 'someone@example.org';",
];

test('syntax that only a compiler understands is recognised', () => {
  for (const text of COMPILED) assert.ok(isNotErasable(text), text);
  for (const text of STRIPPED) assert.ok(!isNotErasable(text), text);
});

test('every TypeScript file that a script names is looked at', (t) => {
  const dir = scratch(t);
  files(dir, {
    'main.ts': "import { b } from './b.ts';\nb();",
    'b.ts': "export const b = () => new URL('./worker.ts', import.meta.url);",
    'worker.ts': "import './c.ts';",
    'c.ts': 'enum X { a }',
    'clean.ts':
      "import type { D } from './d.ts';\nimport 'node:fs';\nexport const name: string = './nothing';",
    'd.ts': 'export interface D {}',
    'js-name.ts': "import './d.js';",
    'bare.ts': "import './d';",
    'real-js.ts': "import './e.js';",
    'e.js': 'export {};',
  });
  const needs = (name: string): boolean => needsTransformer(path.join(dir, name));
  assert.equal(needs('main.ts'), true, 'an enum three files away');
  assert.equal(needs('clean.ts'), false);
  assert.equal(needs('js-name.ts'), true, 'd.js means d.ts');
  assert.equal(needs('bare.ts'), true, 'an import without its extension');
  assert.equal(needs('real-js.ts'), false);
});
