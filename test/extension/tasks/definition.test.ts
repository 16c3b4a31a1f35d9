import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { folderIn, hasVariables, taskDefinition } from '../../../src/extension/tasks/definition.ts';

test('what tasks.json has is taken where it is of its kind', () => {
  assert.deepEqual(
    taskDefinition({ type: 'forkscope', script: 3, npm: '', path: null, args: [1, 'two'], cwd: 'c' }),
    {
      type: 'forkscope',
      args: ['1', 'two'],
      cwd: 'c',
    },
  );
  assert.deepEqual(taskDefinition({ type: 'forkscope', args: 'one' }), { type: 'forkscope' });
});

test('folders are in the workspace folder; those with a variable are left to the editor', () => {
  const root = path.resolve('/w');
  assert.equal(folderIn(root, undefined), root);
  assert.equal(folderIn(root, 'a/b'), path.join(root, 'a', 'b'));
  const variable = `$${'{workspaceFolder}'}/a`;
  assert.equal(folderIn(root, variable), variable);
  assert.ok(hasVariables('a', variable));
  assert.ok(!hasVariables('a', '$b'));
});
