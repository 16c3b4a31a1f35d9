import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import * as errors from '../../src/session/core/errors.ts';
import { UserError } from '../../src/session/core/user-error.ts';
import { checkFolder, checkScript } from '../../src/session/launch/target.ts';
import { findNode } from '../../src/session/node/node.ts';

const cause = Object.assign(new Error('spawn x ENOENT'), { code: 'ENOENT' });

test('each error of the catalogue is called like its code, and ends in its hint', () => {
  for (const [name, make] of Object.entries(errors)) {
    const error = (make as (...given: unknown[]) => UserError)('a', 'b', 2);
    assert.ok(error instanceof UserError);
    assert.equal(error.code, name);
    assert.ok(error.message.startsWith(error.problem));
    assert.ok(error.exitCode > 0);
  }
});

test('an error keeps what led to it', async () => {
  assert.equal(errors.noSuchCommand('x', cause).cause, cause);
  await assert.rejects(findNode('/nowhere/node', '/', {}), (error: UserError) => {
    assert.equal(error.code, 'noNode');
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT');
    return true;
  });
  assert.throws(
    () => checkScript('missing.ts', '/'),
    (error: UserError) => error.code === 'noSuchScript' && error.cause instanceof Error,
  );
  assert.throws(
    () => checkFolder(path.join('/', 'nowhere')),
    (error: UserError) => error.code === 'noSuchFolder' && error.exitCode === 2,
  );
});
