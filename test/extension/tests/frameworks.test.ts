import assert from 'node:assert/strict';
import test from 'node:test';
import { type FolderFacts, homeOf } from '../../../src/extension/tests/frameworks.ts';

const folder = (
  path: string,
  facts?: FolderFacts['package'],
  files: readonly string[] = [],
): FolderFacts => ({
  path,
  package: facts,
  files,
});

test('a file that imports node:test is run by node, in the folder of its package', () => {
  const folders = [
    folder('/w/a/test'),
    folder('/w/a', { devDependencies: { vitest: '3' } }),
    folder('/w', {}),
  ];
  for (const text of [
    "import test from 'node:test';",
    'const t = require("node:test")',
    "await import('node:test')",
  ])
    assert.deepEqual(homeOf(text, folders), { framework: 'node:test', folder: '/w/a' });
  assert.equal(homeOf("import x from './node:test.js'; // node:test", [folder('/w')]), undefined);
});

test('else by the nearest folder that has a framework, as a dependency or by its configuration', () => {
  const outer = folder('/w', { dependencies: { jest: '30' } });
  assert.deepEqual(homeOf('', [folder('/w/a', { devDependencies: { vitest: '3' } }), outer]), {
    framework: 'vitest',
    folder: '/w/a',
  });
  assert.deepEqual(homeOf('', [folder('/w/a', {}), outer]), { framework: 'jest', folder: '/w' });
  assert.deepEqual(homeOf('', [folder('/w/a', undefined, ['jest.config.ts'])]), {
    framework: 'jest',
    folder: '/w/a',
  });
  assert.deepEqual(homeOf('', [folder('/w/a', { jest: {} })]), { framework: 'jest', folder: '/w/a' });
  assert.equal(homeOf('', [folder('/w/a', {}), folder('/w')]), undefined);
});

test('what is imported goes before what is configured', () => {
  const both = [folder('/w', { devDependencies: { jest: '30', vitest: '3' } })];
  assert.equal(homeOf("import { it } from 'vitest';", both)?.framework, 'vitest');
  assert.equal(homeOf("import { it } from '@jest/globals';", both)?.framework, 'jest');
  assert.equal(homeOf("import { it } from 'vitest';", [folder('/w', { jest: {} })]), undefined);
});
