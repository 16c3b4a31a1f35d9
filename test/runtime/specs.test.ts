import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { facts } from './facts.ts';
import { ROOT, run } from './run-program.ts';

// The twelve specs that were distilled from CPython's own tests: what to do and what must come out is data.

const FILE = path.join(ROOT, 'test/fixtures/specs.json');
interface Spec {
  readonly expect: Record<string, unknown>;
  readonly cases: unknown;
}
const specs = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Spec>;

function spec(id: string): Spec {
  const found = specs[id];
  assert.ok(found, id);
  return found;
}

/** Both sides of a comparison with durations: each takes at least what is expected less 0.1 s, and then counts as equal. */
function withTimes(seen: unknown, expected: unknown): unknown {
  if (!Array.isArray(seen) || !Array.isArray(expected)) return seen;
  return seen.map((item, i) => {
    const wanted: unknown = expected[i];
    if (typeof item !== 'number' || typeof wanted !== 'number') return withTimes(item, wanted);
    assert.ok(item >= wanted - 0.1, `${item} s, expected ${wanted} s`);
    return wanted;
  });
}

const observe = (program: string, id: string): Promise<Record<string, unknown>> => facts(program, [id, FILE]);

describe('the twelve specs', { concurrency: 2 }, () => {
  test('[rows 1, 6, 20] S01 life of a process', async () => {
    const id = 'S01_process_lifecycle';
    assert.deepEqual(await observe('specs-process.ts', id), spec(id).expect);
  });

  test('[rows 17, 18, 19] S02 exit codes, and the traceback before join returns', async () => {
    const id = 'S02_exit_codes';
    const { lines, stderr } = await run('specs-process.ts', [id, FILE]);
    assert.deepEqual(JSON.parse(lines.at(-1) ?? '').cases, spec(id).cases, stderr);
    assert.match(stderr, /RangeError: thrown on purpose\n.*specs-process\.ts/s);
  });

  test('[row 32] S03 tree of recursive starts', async () => {
    const id = 'S03_recursion_tree';
    assert.deepEqual((await observe('specs-process.ts', id)).ids, spec(id).expect);
  });

  test('[row 22] S04 close', async () => {
    const id = 'S04_close';
    assert.deepEqual((await observe('specs-process.ts', id)).results, spec(id).expect);
  });

  test('[rows 50, 51] S05 put into a bounded queue', async () => {
    const id = 'S05_bounded_queue_put';
    const seen = await observe('specs-queue.ts', id);
    const { expect } = spec(id);
    assert.deepEqual({ ...seen, calls: withTimes(seen.calls, expect.calls) }, expect);
  });

  test('[rows 52, 56] S06 order of gets', async () => {
    const id = 'S06_queue_get_order';
    const seen = await observe('specs-queue.ts', id);
    const { expect } = spec(id);
    assert.deepEqual({ ...seen, calls: withTimes(seen.calls, expect.calls) }, expect);
  });

  test('[rows 67, 68] S07 joinable queue', async () => {
    const id = 'S07_joinable_queue';
    assert.deepEqual(await observe('specs-queue.ts', id), spec(id).expect);
  });

  test('[rows 73, 76, 78, 80, 81] S08 locks and semaphores', async () => {
    const id = 'S08_locks_semaphores';
    const seen = await observe('specs-sync.ts', id);
    const cases = spec(id).cases as Record<string, unknown>;
    const timed = 'sem0.acquire(timeout=0.35)';
    assert.deepEqual({ ...seen, [timed]: withTimes(seen[timed], cases[timed]) }, cases);
  });

  test('[rows 86, 87, 89] S09 notify over processes and tasks', async () => {
    const id = 'S09_condition_notify';
    assert.deepEqual(await observe('specs-sync.ts', id), spec(id).expect);
  });

  test('[rows 95, 96, 97, 98, 100] S10 barrier of five processes', async () => {
    const id = 'S10_barrier';
    const seen = Object.entries(await observe('specs-sync.ts', id));
    const actions = seen.filter(([key]) => key.startsWith('action '));
    const rest = seen.filter(([key]) => !key.startsWith('action '));
    assert.deepEqual({ action_calls: actions.length, ...Object.fromEntries(rest) }, spec(id).expect);
  });

  test('[rows 113, 114, 115, 117, 120, 126, 129, 131, 137, 138] S11 pool', async () => {
    const id = 'S11_pool';
    const seen = await observe('specs-pool.ts', id);
    const { expect } = spec(id);
    const timed = 'get(timeout=0.35) of a long task';
    assert.deepEqual({ ...seen, [timed]: withTimes(seen[timed], expect[timed]) }, expect);
  });

  test('[rows 147, 148, 149, 152, 153, 154, 155] S12 messages of bytes', async () => {
    const id = 'S12_connection_bytes';
    const { cases, ...seen } = await observe('specs-connection.ts', id);
    assert.deepEqual({ cases, ...seen }, { cases: spec(id).cases, ...spec(id).expect });
  });
});
