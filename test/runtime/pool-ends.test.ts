import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { facts } from './facts.ts';
import { run } from './run-program.ts';

describe('executors', () => {
  test('what is broken, cancelled, limited and awaited', async () => {
    const { lines, stderr, code } = await run('executor-broken.ts');
    assert.equal(code, 0, stderr);
    const seen: object = Object.assign({}, ...lines.map((line) => JSON.parse(line) as object));
    assert.deepEqual(
      seen,
      {
        pending: ['BrokenProcessPool'],
        submit: 'BrokenProcessPool',
        map: 'BrokenProcessPool',
        shutdown: 'BrokenProcessPool',
        initializer: [true, 'RangeError'],
        afterInitializer: 'BrokenProcessPool',
        cancelled: [false, true, 'CancelledError'],
        limits: ['ValueError', 'ValueError', 'ValueError', 'TypeError'],
        exception: 'ValueError',
        aborted: 'RangeError',
        awaited: [12, [12, 12], 12, false],
        callbacks: ['third true', 'fourth'],
        wrongCallback: 'TypeError',
        signals: ['RangeError', 'RangeError', 'RangeError'],
        timeout: 'TimeoutError',
        returned: 'function',
      },
      stderr,
    );
    assert.match(stderr, /ExecutorWarning.*\n.*from the first callback/);
    assert.match(stderr, /ExecutorWarning.*\n.*from the second callback/);
  });
});

test('iterations that are left take no more items, and results that nobody takes hold the source back', async () => {
  assert.deepEqual(await facts('imap-left.ts'), {
    'left true': [true, true],
    'left false': [true, true],
    untaken: [true, 20_000],
    joined: 3000,
    stuck: 4,
    terminated: 'BrokenPoolError',
  });
});
