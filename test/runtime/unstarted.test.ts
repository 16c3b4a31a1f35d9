import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './run-program.ts';

test('a synchronous wait that holds up a start says so, once', async () => {
  const { stdout, stderr, code } = await start('unstarted.ts').done;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /"later":"done"/);
  assert.equal(stderr.split('await process.start()').length, 2, stderr);
});
