import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { mayUseRuntime } from '../../src/session/node/uses-runtime.ts';
import { files, scratch } from './support.ts';

test('whether a program may import the runtime is seen from all files that it names', (t) => {
  const dir = scratch(t);
  for (const folder of ['lib', 'node_modules/tool']) mkdirSync(path.join(dir, folder), { recursive: true });
  files(dir, {
    'far.mjs': "import './b.mjs'; import 'node:fs';",
    'b.mjs': "new Worker(new URL('./worker.mjs', import.meta.url));",
    'worker.mjs': "import { Lock } from 'forkscope';",
    'forks.cjs': "fork(require('path').join(__dirname, 'uses.cjs'));",
    'uses.cjs': "require('forkscope');",
    'bare.cjs': "require('./lib');",
    'lib/index.js': "require('./part');",
    'lib/part.js': "require('forkscope');",
    'computed.mjs': 'await import(name);',
    'plain.cjs': "require('./other'); require('express'); fork('./gone.js'); spawn('ls', ['.']);",
    'other.js': "module.exports = './';",
    'node_modules/tool/bin.js': "require('x');",
  });
  const may = (name: string): boolean => mayUseRuntime(path.join(dir, name));
  assert.equal(may('far.mjs'), true, 'in a worker of an import');
  assert.equal(may('forks.cjs'), true, 'in a child that is named without ./');
  assert.equal(may('bare.cjs'), true, 'without extensions, through a folder');
  assert.equal(may('computed.mjs'), true, 'nobody knows');
  assert.equal(may('node_modules/tool/bin.js'), true, 'a tool may load anything');
  assert.equal(may('plain.cjs'), false);
});
