import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';
import { program, runTraced, temporaryDirectory } from './helpers.ts';

const SOURCE = `process.once('SIGWINCH', () => process.kill(process.pid, 'SIGUSR2'));
process.once('SIGUSR2', () => clearInterval(alive));
const alive = setInterval(() => {}, 1000);
process.kill(process.pid, 'SIGWINCH');
`;

test('a signal that is heard is recorded, a terminal that changes its size is not', {
  skip: process.platform === 'win32' ? 'needs signals' : false,
}, async (t) => {
  const file = program(temporaryDirectory(t), 'main.cjs', SOURCE);
  const { trace } = await runTraced(t, process.execPath, [file]);
  const heard = trace.of('signal').filter(({ n }) => n === 0);
  assert.deepEqual(
    heard.map(({ value }) => value),
    [os.constants.signals.SIGUSR2],
  );
});
