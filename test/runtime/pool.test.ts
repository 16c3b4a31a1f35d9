import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { before, describe, test } from 'node:test';
import { Pool } from '../../src/runtime/index.ts';
import { facts } from './facts.ts';
import { run } from './run-program.ts';

describe('what a pool does', () => {
  let seen: Record<string, unknown> = {};
  before(async () => {
    seen = await facts('pool-behaviour.ts');
  });

  test('[row 113] apply gives arguments and keyword arguments, and returns the value', () => {
    assert.deepEqual(seen[113], ['[1,"a"]', '[1,{"k":2}]']);
  });
  test('[rows 114, 115] map and starmap equal their plain forms, with chunks or without', () => {
    assert.deepEqual(seen[114], [true, true]);
    assert.deepEqual(seen[115], [[6, 20], [42]]);
  });
  test('[rows 117, 118] callbacks run in the parent: once with the whole list, or with the error', () => {
    assert.deepEqual(seen[117], { lists: [[0, 1, 4, 9, 16]], errors: ['RangeError: failed: map'] });
    assert.equal(seen[118], true);
  });
  test('[row 119] an error goes to its callback and to every get', () => {
    assert.deepEqual(seen[119], ['RangeError', 'RangeError', 'RangeError']);
  });
  test('[rows 120, 121] ready, successful, wait and get with a limit, which cancels nothing', () => {
    const before = [false, 'ValueError', 'TimeoutError', false];
    assert.deepEqual(seen[120], [...before, true, true, true, false]);
  });
  test("[row 122] an error's cause has the stack in the worker", () => {
    assert.deepEqual(seen[122], ['RemoteTraceback', true]);
  });
  test('[row 123] map throws the first failure, after all items are done', () => {
    assert.deepEqual(seen[123], ['RangeError', true]);
  });
  test('[row 124] an argument that cannot travel is an error, and the pool works on', () => {
    assert.deepEqual(seen[124], ['SerializationError', 'SerializationError', 9]);
  });
  test('[row 125] a result that cannot travel is a MaybeEncodingError, twenty times by the same workers', () => {
    const [names, same, told] = seen[125] as [string[], boolean, [string, string]];
    assert.deepEqual([names, same], [['MaybeEncodingError'], true]);
    assert.match(told[0], /SerializationError/);
    assert.match(told[1], /Function/);
  });
  test('[row 126] a source that throws: imap yields the complete chunks before it, map rethrows', () => {
    assert.deepEqual(seen[126], ['Error', 'Error', [0, 1, 4, 9, 16, 25], [0, 1, 4]]);
  });
  test('[row 127] imap keeps the order; next with a limit; the end', () => {
    const rest = [{ done: false, value: 0.4 }, { done: true }];
    assert.deepEqual(seen[127], [true, true, 'TimeoutError', rest]);
  });
  test('[row 128] imapUnordered gives the same set', () => {
    assert.equal(seen[128], true);
  });
  test('[rows 129, 130] empty inputs give empty results, and chunks of one do not stall', () => {
    assert.deepEqual(seen[129], [[], [], [], []]);
    assert.deepEqual(seen[130], []);
  });
  test('[row 132] terminate with 10,000 tasks in the queue does not wait for them', () => {
    assert.equal(seen[132], true);
  });
  test('[row 133] leaving the block terminates, and the pool refuses work', () => {
    assert.deepEqual(seen[133], ['ValueError', 'Pool not running']);
  });
  test('[row 134] join before close, and work after close or terminate, are refused', () => {
    assert.deepEqual(seen[134], ['ValueError', 'ValueError']);
    assert.equal(seen['134b'], 'ValueError');
  });
  test('[row 135] workers are daemons named PoolWorker-N', () => {
    const [pid, daemon, name] = seen[135] as [number, boolean, string];
    assert.notEqual(pid, process.pid);
    assert.equal(daemon, true);
    assert.match(name, /^PoolWorker-\d+$/);
  });
  test('[row 136] tasks are handed out in order to as many processes as there are workers', () => {
    assert.deepEqual(seen[136], [[], 3]);
  });
  test('[row 137] one task a worker: as many processes as tasks, results kept after close and join', () => {
    assert.equal(seen[137], 6);
  });
  test('[rows 131, 138] wrong sizes and task limits', () => {
    assert.deepEqual(seen[131], ['ValueError', 'ValueError', 'ValueError']);
    assert.deepEqual(seen[138], ['ValueError', 'ValueError', 'ValueError', 'ValueError']);
  });
  test('[row 139] the initializer runs once in each worker; what is no function is a TypeError', () => {
    assert.deepEqual(seen[139], ['well', 1]);
    assert.equal(seen['139b'], 'TypeError');
  });
});

describe('a pool whose workers die', () => {
  let seen: Record<string, unknown> = {};
  let warnings = '';
  before(async () => {
    const { lines, stderr } = await run('pool-broken.ts');
    seen = Object.assign({}, ...lines.map((line) => JSON.parse(line) as object)) as typeof seen;
    warnings = stderr;
  });

  test('[row 141] the task of a worker that dies is rejected, others are not, and the pool works on', () => {
    const statuses = ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'];
    assert.deepEqual(seen[141], ['BrokenPoolError', statuses, 49]);
  });
  test('[row 140] workers that never get ready break the pool, without endless respawning', () => {
    assert.deepEqual(seen['140b'], ['BrokenPoolError', 'BrokenPoolError']);
    assert.equal(seen.respawns, 'BrokenPoolError');
  });
  test('[row 142] executor: order, zip, exceptions, refusal after shutdown, everything broken by one death', () => {
    assert.deepEqual(seen[142], [
      [9, 1, 4],
      [11, 22],
      [81, null, 'RangeError', true],
    ]);
    const broken = ['BrokenProcessPool', 'BrokenProcessPool', 'BrokenProcessPool'];
    assert.deepEqual(seen['142b'], [broken, 'BrokenProcessPool']);
    assert.deepEqual([seen['142c'], seen['142d']], ['BrokenProcessPool', 'RuntimeError']);
    assert.deepEqual(
      [seen.cancelled, seen.finished, seen.size],
      [[true, 'CancelledError'], true, 'ValueError'],
    );
  });
  test('[row 143] executor.map with a time limit', () => {
    assert.deepEqual(seen[143], [0, 'TimeoutError']);
  });
  test('[row 146] an error that nobody fetches is warned of', () => {
    assert.match(
      warnings,
      /PoolWarning: a pool task failed and nobody fetched its result: RangeError: nobody asks/,
    );
  });
});

test('[rows 116, 131] a pool has as many workers as processors; chunks are a quarter of a share', async () => {
  const pool = new Pool();
  assert.equal(pool.processes, availableParallelism());
  pool.terminate();
  await pool.join();
  const { 116: chunks, args } = await facts('pool-chunks.ts');
  assert.deepEqual(chunks, [Math.ceil(100 / (4 * 2)), Math.ceil(7 / 8), 1, 3]);
  assert.equal(args, 'args is an array: pool.apply(fn, [x]), not pool.apply(fn, x)');
});

test('executors: workers that start processes, cancelled futures, maps that are left early', async () => {
  const { lines, stderr } = await run('executor.ts');
  const seen = Object.assign({}, ...lines.map((line) => JSON.parse(line) as object)) as Record<
    string,
    unknown
  >;
  const cancelled = ['CancelledError', 'CancelledError', 'CancelledError'];
  assert.deepEqual(
    seen,
    {
      nested: 9,
      child: [[0, false], 4],
      inPool: 'AssertionError',
      cancelled: ['CancelledError', ['told true'], cancelled, [0, 1, 2]],
      left: true,
      chunks: ['ValueError', 'ValueError', 'ValueError'],
      atExit: 64,
    },
    stderr,
  );
});

test('200,000 open results; workers that only compute, with SIGTERM listeners, end when the pool is terminated', async () => {
  const { lines, stderr } = await run('pool-many.ts');
  assert.deepEqual(lines, ['{"sum":true}', '{"deaf":"BrokenPoolError"}'], stderr);
  assert.doesNotMatch(stderr, /PoolWarning/, 'what terminate() ends is not warned of');
});

test('[row 140] a worker that cannot be created stops those already started', async () => {
  const { 140: seen } = await facts('pool-release.ts');
  assert.deepEqual(seen, ['BrokenPoolError', 0]);
});
