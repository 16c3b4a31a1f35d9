import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import typescript from 'typescript';
import { typesPlaces } from '../../../src/extension/typings/places.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-typings-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Makes a folder of a workspace. @returns the places for a file of it, by their kind, relative to the folder */
function places(name: string, files: Readonly<Record<string, object>>, file: string): string[] {
  const root = path.join(scratch, name);
  for (const [at, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, at)), { recursive: true });
    writeFileSync(path.join(root, at), JSON.stringify(text));
  }
  return typesPlaces(typescript, path.join(root, file), root).map(
    (place) => `${place.kind} ${path.relative(root, place.file)}`,
  );
}
const MODULES = 'modules node_modules/@types/forkscope/index.d.ts';

test('a configuration that takes everything gets them beside itself', () => {
  assert.deepEqual(places('all', { 'tsconfig.json': {} }, 'src/deep/main.ts'), [
    'source forkscope.d.ts',
    MODULES,
  ]);
});

test('they lie where the configuration looks, what it extends included', () => {
  const files = {
    'base/tsconfig.json': { include: ['../src/**/*'], exclude: ['../src/gen'] },
    'tsconfig.json': { extends: './base/tsconfig.json' },
  };
  assert.deepEqual(places('extends', files, 'src/deep/main.ts'), ['source src/forkscope.d.ts', MODULES]);
  // Excluded: the editor looks at the file by itself.
  assert.deepEqual(places('extends', files, 'src/gen/made.ts'), [MODULES]);
});

test('they go into the project that has the file, of several that a configuration names', () => {
  const files = {
    'tsconfig.json': { files: [], references: [{ path: './app.json' }, { path: './tool.json' }] },
    'app.json': { include: ['app'] },
    'tool.json': { include: ['tool'] },
  };
  assert.deepEqual(places('several', files, 'tool/main.mts'), ['source tool/forkscope.d.ts', MODULES]);
});

test('a configuration of files alone would not see one more', () => {
  assert.deepEqual(places('files', { 'tsconfig.json': { files: ['main.ts'] } }, 'main.ts'), [MODULES]);
});

test('a configuration of JavaScript counts, and the nearest one is asked first', () => {
  const files = { 'tsconfig.json': {}, 'web/jsconfig.json': {} };
  assert.deepEqual(places('web', files, 'web/src/main.js'), ['source web/forkscope.d.ts', MODULES]);
});

test('without a configuration they go to the packages of the nearest package', () => {
  const files = { 'package.json': {}, 'packages/one/package.json': {} };
  assert.deepEqual(places('none', files, 'packages/one/src/main.ts'), [
    'modules packages/one/node_modules/@types/forkscope/index.d.ts',
  ]);
  assert.deepEqual(places('bare', {}, 'main.ts'), [MODULES]);
});
