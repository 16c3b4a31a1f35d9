import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treeLines } from '../../src/cli/screen/tree.ts';
import { Model, PLAIN } from '../../src/model/index.ts';
import { TraceBuilder } from '../model/builder.ts';

/** A root with ten children: seven ended well, one failed, two live; one of these has a child. */
function crowd(): Model {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/app/main.ts' });
  for (let i = 0; i < 10; i++) {
    const child = main.start(`worker-${i}`, { pid: 20 + i });
    if (i === 9) child.start('grandchild', { pid: 40 });
    else if (i < 7) child.exit(0);
    else if (i === 7) child.exit(1);
  }
  return t.feed(new Model());
}

const linesIn = (room?: number): string[] => treeLines(crowd(), 1e9, new Map(), PLAIN, room);

test('where there is room, every process has its line', () => {
  assert.equal(linesIn().length, 12);
  assert.equal(linesIn(12).length, 12);
});

test('where there is none, those that ended well give way, and are counted', () => {
  const lines = linesIn(8);
  assert.equal(lines[0], '7 that have ended are not shown');
  assert.match(lines.join('\n'), /main\.ts.*├─ ✗ worker-7.*worker-8.*worker-9.*└─ . grandchild/s);
  assert.equal(lines.length, 6);
});

test('where there is still none, failed ones give way as well', () => {
  const lines = linesIn(5);
  assert.equal(lines[0], '8 that have ended are not shown');
  assert.doesNotMatch(lines.join('\n'), /worker-7/);
  assert.equal(lines.length, 5);
});

test('what is too deep is counted where its tree breaks off', () => {
  const t = new TraceBuilder();
  let process = t.root({ pid: 10, file: '/app/main.ts' });
  for (let i = 1; i < 100; i++) process = process.start(`p${i}`, { pid: 10 + i });
  const lines = treeLines(t.feed(new Model()), 1e9, new Map(), PLAIN);
  assert.equal(lines.length, 65);
  assert.match(lines.at(-2) ?? '', /└─ . p63 /);
  assert.match(lines.at(-1) ?? '', /^ +… 36 processes below, too deep to be shown$/);
});

test('a child that has just been started is starting, and not traced where it stays silent', () => {
  const t = new TraceBuilder();
  t.root({ pid: 10, file: '/app/main.ts' }).startOnly('silent', { pid: 11 });
  const line = (now: number) => treeLines(t.feed(new Model()), now, new Map(), PLAIN)[1] ?? '';
  assert.equal(line(1e9), '└─ ● silent 11  starting');
  assert.equal(line(60e9), '└─ ● silent 11  not traced: the tracer was not loaded in it');
});

test('what is waited for has its kind once, named or not', () => {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/app/main.ts' });
  const child = main.start('worker', { pid: 11 });
  const waits = (resource: ReturnType<TraceBuilder['resource']>): string => {
    main.create(resource);
    const wait = child
      .open(resource)
      .wait(resource.kind === 'queue' ? 'waitReceive' : 'waitAcquire', resource);
    const line = treeLines(t.feed(new Model()), 1e9, new Map(), PLAIN)[1] ?? '';
    child.endWait(wait);
    return line.replace(/.* waits /, '').replace(/ {2}1\.00 s$/, '');
  };
  assert.equal(waits(t.lock('B')), 'for lock B');
  assert.equal(waits(t.queue('jobs')), 'for an item from queue jobs');
  assert.match(waits(t.resource('boundedSemaphore')), /^for bounded semaphore (?!bounded)/);
  assert.match(waits(t.resource('queue')), /^for an item from queue (?!queue )/);
});

test('whoever has asked another process by a connection waits for its answer', () => {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/app/main.ts' });
  const server = main.start('api-server', { pid: 11 });
  server.define({ type: 'incident', what: 'listening', time: t.now, message: '127.0.0.1:8080' });
  const asks = {
    kind: 'socket',
    local: '127.0.0.1:5000',
    remote: '127.0.0.1:8080',
    unanswered: true,
  } as const;
  main.rest(asks);
  const lines = treeLines(t.feed(new Model()), 1e9, new Map(), PLAIN);
  assert.equal(lines[0], '○ main.ts 10  idle, waits for an answer from api-server (127.0.0.1:8080)');
});
