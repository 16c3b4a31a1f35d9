import assert from 'node:assert/strict';
import test from 'node:test';
import { stackSpecs } from '../../../src/extension/stacks/build.ts';
import { stuckIn, threadsOf } from '../../../src/extension/stacks/source.ts';
import type { NodeSpec } from '../../../src/extension/tree/nodes.ts';
import { Model, parallelStacks, type Standing } from '../../../src/model/index.ts';
import { TraceBuilder } from '../../model/builder.ts';
import { findingView } from '../../views.ts';

const frame = (fn: string, line: number) => ({ fn, file: '/app/shop.ts', line });
const main = frame('', 40);

function standing(process: string, doing: string, frames: Standing['frames'], count = 1): Standing {
  const ids = { process, thread: `${process}.0` };
  return { who: `worker-${process}`, ids, doing, frames, count };
}

function specs(standings: readonly Standing[], stuck: readonly string[] = []): NodeSpec[] {
  return stackSpecs({ dir: '/t/s', groups: parallelStacks(standings), stuck: new Set(stuck), traced: true });
}

/** The rows as indented lines: label and description. */
function lines(rows: readonly NodeSpec[], depth = 0): string[] {
  return rows.flatMap(({ style, children }) => [
    `${'  '.repeat(depth)}${style.label} | ${style.description}`,
    ...lines(children, depth + 1),
  ]);
}

test('equal frames are one row; who does what stands below, and the callers last', () => {
  const take = [frame('take', 10), frame('sell', 20), main];
  const rows = specs([
    standing('1', 'waits for lock A', take),
    standing('2', 'waits for lock A', take),
    standing('3', 'running', [frame('cook', 30), main]),
    standing('4', 'idle', []),
  ]);
  assert.deepEqual(lines(rows), [
    '<anonymous> | shop.ts:40 · 3 processes',
    '  take | shop.ts:10 · 2 processes',
    '    waits for lock A | 2 processes: worker-1 and worker-2',
    '      worker-1 | ',
    '      worker-2 | ',
    '    Called by | sell',
    '      sell | shop.ts:20',
    '  cook | shop.ts:30 · 1 process',
    '    running | worker-3',
    'No line of the program | 1 process',
    '  idle | worker-4',
  ]);
  const [top] = rows;
  assert.equal(top?.style.accessible, '<anonymous> at shop.ts:40, 3 processes');
  const [taking] = top?.children ?? [];
  assert.deepEqual(taking?.style.site, { file: '/app/shop.ts', line: 10, column: 1 });
  assert.equal(taking?.style.context, 'stack.site');
  assert.equal(taking?.children[0]?.style.expand, 'collapsed');
  assert.equal(taking?.children[0]?.children[0]?.style.context, 'standing.site');
  assert.deepEqual(taking?.children[0]?.children[0]?.target, {
    kind: 'standing',
    processId: '1',
    threadId: '1.0',
  });
});

test('waits, threads and processes are told apart', () => {
  const of = (thread: string): Standing => ({
    ...standing('1', 'waits for a reply', [main]),
    who: thread,
    ids: { process: '1', thread },
    count: 5,
  });
  assert.equal(specs([of('1.0')])[0]?.style.description, 'shop.ts:40 · 5 waits, 1 process');
  const [two] = specs([of('1.0'), of('1.1')]);
  assert.equal(two?.style.description, 'shop.ts:40 · 10 waits, 2 threads of 1 process');
  assert.equal(two?.children[0]?.style.label, '10 × waits for a reply');
});

test('a row keeps its id when others go another way inside of it', () => {
  const deep = [frame('take', 10), frame('sell', 20), main];
  const [before] = specs([standing('1', 'waits', deep)]);
  const [after] = specs([standing('1', 'waits', deep), standing('2', 'waits', [frame('cook', 30), main])]);
  assert.equal(before?.id, after?.id);
  assert.notEqual(before?.style.label, after?.style.label);
});

test('a thousand workers, each with a queue of its own, read as a handful of rows', () => {
  const t = new TraceBuilder();
  const root = t.root({ pid: 10, file: '/app/main.ts' });
  for (let i = 0; i < 1000; i++) {
    const queue = t.queue(`inbox-${i}`);
    const worker = root.start(`worker-${i}`, { pid: 20 + i });
    worker.create(queue).wait('waitReceive', queue, { sync: true, site: '/app/worker.ts:7' });
  }
  const groups = parallelStacks(t.feed(new Model()).standings());
  const rows = stackSpecs({ dir: '/t/s', groups, stuck: new Set(), traced: true });
  const shown = rows.flatMap(function open(row): NodeSpec[] {
    return [row, ...(row.style.expand === 'expanded' ? row.children.flatMap(open) : [])];
  });
  assert.deepEqual(
    shown.slice(0, 2).map(({ style }) => `${style.label} | ${style.description}`),
    [
      '<anonymous> | worker.ts:7 · 1000 processes',
      'waits for an item from one queue each | 1000 processes: worker-0, worker-1, worker-2 and 997 more',
    ],
  );
  assert.ok(shown.length <= 5, lines(rows).slice(0, 20).join('\n'));
  const names = shown[1]?.children ?? [];
  assert.equal(names.length, 201);
  assert.equal(names.at(-1)?.style.label, '800 more');
});

test('those that a blocking finding is about are marked, up to the outermost row, and come first', () => {
  const finding = findingView({ blocking: true, processes: ['9'] });
  const stuck = stuckIn([finding, { ...finding, blocking: false, processes: ['1'] }]);
  assert.deepEqual([...stuck], threadsOf(finding));
  const [row] = specs(
    ['1', '2', '9'].map((id) => standing(id, 'waits', [main])),
    ['9.0'],
  );
  assert.equal(row?.style.mark, 'alarm');
  const [does] = row?.children ?? [];
  assert.equal(does?.style.icon.id, 'error');
  assert.deepEqual(
    does?.children.map(({ style }) => [style.label, style.mark]),
    [
      ['worker-9', 'alarm'],
      ['worker-1', 'none'],
      ['worker-2', 'none'],
    ],
  );
});
