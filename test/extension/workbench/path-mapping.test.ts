import assert from 'node:assert/strict';
import test from 'node:test';
import {
  mappingOf,
  namesInTraces,
  placesBelow,
  placesHere,
} from '../../../src/extension/workbench/path-mapping.ts';

test('a file is where its folder is, by the most exact entry first', () => {
  const mapping = { '/home/ci': '/far', '/home/ci/build/': '/home/me/bank', '/srv': '/other' };
  assert.deepEqual(placesHere('/home/ci/build/src/main.ts', mapping), [
    '/home/me/bank/src/main.ts',
    '/far/build/src/main.ts',
  ]);
  assert.deepEqual(placesHere('/home/cinema/main.ts', mapping), []);
  assert.deepEqual(placesHere('/home/ci', mapping), ['/far']);
});

test('a trace leads nowhere but into the folders that are named', () => {
  assert.deepEqual(placesHere('/home/ci/../../etc/passwd.js', { '/home/ci': '/home/me' }), []);
  assert.deepEqual(placesHere('C:\\ci\\..\\x.js', { 'C:\\ci': '/home/me' }), []);
});

test('a trace of Windows is mapped too', () => {
  assert.deepEqual(placesHere('C:\\ci\\src\\main.ts', { 'C:\\ci': '/home/me' }), ['/home/me/src/main.ts']);
  assert.deepEqual(namesInTraces('/home/me/src/main.ts', { 'C:\\ci': '/home/me' }), ['C:\\ci\\src\\main.ts']);
});

test('two places of a file tell of their folders', () => {
  assert.deepEqual(mappingOf('/home/ci/build/src/main.ts', '/home/me/bank/src/main.ts'), {
    from: '/home/ci/build',
    to: '/home/me/bank',
  });
  assert.deepEqual(mappingOf('/app/main.ts', '/home/me/app/main.ts'), { from: '/', to: '/home/me' });
  assert.deepEqual(mappingOf('/app/main.ts', '/home/me/renamed.ts'), {
    from: '/app/main.ts',
    to: '/home/me/renamed.ts',
  });
  for (const [file, here] of [
    ['/home/ci/build/src/main.ts', '/home/me/bank/src/main.ts'],
    ['/app/main.ts', '/home/me/app/main.ts'],
    ['/app/main.ts', '/home/me/renamed.ts'],
    ['C:\\ci\\src\\main.ts', '/home/me/src/main.ts'],
  ] as const) {
    const { from, to } = mappingOf(file, here);
    assert.deepEqual(placesHere(file, { [from]: to }), [here]);
    assert.deepEqual(namesInTraces(here, { [from]: to }), [file]);
  }
});

test('in a folder a file is looked for with as many of its own folders as possible', () => {
  assert.deepEqual(placesBelow('/here', '/ci/src/main.ts'), [
    '/here/ci/src/main.ts',
    '/here/src/main.ts',
    '/here/main.ts',
  ]);
});
