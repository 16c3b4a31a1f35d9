import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model } from '../../src/model/index.ts';
import { english, Labels } from '../../src/model/words/index.ts';
import type { ProcessDefinition } from '../../src/trace/format/definitions.ts';
import { type StreamBuilder, TraceBuilder } from './builder.ts';

const FORK = { api: 'fork', file: '/app/main.mjs' } as const;
const self = (...args: string[]) => ({ ...FORK, argv: ['node', '/app/main.mjs', ...args] });

const names = (t: TraceBuilder) =>
  t
    .feed(new Model())
    .processes()
    .map(({ name }) => name);

/** A process says again what it is. */
function redefine(t: TraceBuilder, stream: StreamBuilder, change: Partial<ProcessDefinition>): void {
  const [definition] = t.items.flatMap((item) =>
    'def' in item && item.stream === stream.def && item.def.type === 'process' ? [item.def] : [],
  );
  assert.ok(definition);
  stream.define({ ...definition, ...change });
}

describe('names of processes', () => {
  it('tell equal scripts apart by the arguments that differ, and by the pid where none do', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, ...self() });
    main.start('', { pid: 11, ...self('child', '1', '--verbose') });
    main.start('', { pid: 12, ...self('child', '2', '--verbose') });
    main.start('', { pid: 13, ...self('same', '--verbose') });
    main.start('', { pid: 14, ...self('same', '--verbose') });
    assert.deepEqual(names(t), [
      'main.mjs',
      'main.mjs child 1 --verbose',
      'main.mjs child 2 --verbose',
      'main.mjs same --verbose (13)',
      'main.mjs same --verbose (14)',
    ]);
  });

  it('leave out what all have, what is long and what may be a secret', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, file: '/app/start.mjs' });
    main.start('', { pid: 11, ...self('--port=1', '--api-token=abc', 'x'.repeat(40)) });
    main.start('', { pid: 12, ...self('--port=2', '--api-token=abd', 'y'.repeat(40)) });
    main.start('', { pid: 13, ...self('a b') });
    assert.deepEqual(names(t), ['start.mjs', 'main.mjs --port=1', 'main.mjs --port=2', 'main.mjs']);
  });

  it('are what the program calls itself, before what its parent calls it; a title that it sets comes after', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, ...self() });
    const named = main.start('worker-1', { pid: 11, ...self() });
    const titled = main.start('', { pid: 12, ...self() });
    const both = main.start('worker-2', { pid: 13, ...self() });
    redefine(t, named, { name: 'importer' });
    for (const stream of [titled, both]) redefine(t, stream, { title: 'my title' });
    assert.deepEqual(names(t), ['main.mjs', 'importer', 'my title', 'worker-2']);
  });

  it('are not those of the parent, whose environment is inherited', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, ...self() });
    const child = main.start('', { pid: 11, ...self('child') });
    for (const stream of [main, child]) redefine(t, stream, { name: 'shop' });
    assert.deepEqual(names(t), ['shop', 'main.mjs']);
  });

  it('change for those that were there when another of the same name comes', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, file: '/app/start.mjs' });
    main.start('', { pid: 11, ...self('a') });
    const model = t.feed(new Model());
    assert.equal(model.process('11')?.name, 'main.mjs');
    const { revision } = model;
    const before = t.items.length;
    main.start('', { pid: 12, ...self('b') });
    t.feed(model, t.items.slice(before));
    assert.ok(model.changedProcesses(revision).includes('11'));
    assert.equal(model.process('11')?.name, 'main.mjs a');
    assert.deepEqual(names(t), ['start.mjs', 'main.mjs a', 'main.mjs b']);
  });

  it('of many that are alike take no time to compare', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, file: '/app/start.mjs' });
    for (let i = 0; i < 400; i++) main.start('', { pid: 1000 + i, ...self(String(i)) });
    assert.equal(new Set(names(t)).size, 401);
    assert.ok(names(t).includes('main.mjs (1399)'));
  });
});

describe('names of threads', () => {
  it('are told apart within their process', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.thread('resizer');
    main.thread('resizer');
    main.thread('reader');
    const [process] = t.feed(new Model()).processes();
    assert.deepEqual(
      process?.threads.map(({ name }) => name),
      ['main', 'resizer 1', 'resizer 2', 'reader'],
    );
  });
});

describe('names of resources', () => {
  const labels = (t: TraceBuilder) => {
    const model = t.feed(new Model());
    const labels = new Labels(english, {
      processes: model.processes(),
      channels: model.channels(),
      resources: model.resources(),
    });
    return [...model.channels(), ...model.resources()].map(({ id }) => labels.resource(id));
  };

  it('are numbered where the program has called several the same, or made several in one place', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const site = '/app/main.ts:7';
    main.on('create', t.resource('lock', 'A', { key: 'a' }), { site });
    main.on('create', t.resource('lock', 'A', { key: 'b' }), { site });
    main.on('create', t.resource('lock', '', { key: 'c' }), { site });
    main.on('create', t.resource('lock', '', { key: 'd' }), { site });
    main.on('create', t.resource('queue', 'A', { key: 'e' }), { site });
    assert.deepEqual(labels(t), [
      'queue A',
      'lock A #1',
      'lock A #2',
      'lock main.ts:7 #1',
      'lock main.ts:7 #2',
    ]);
  });

  it('of channels between a process and its child are those of the ends', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const ipc = (key: string, way: string, name: string) =>
      t.resource('ipc', name, { key: `ipc:${key}:${way}` });
    for (const [name, key] of [
      ['one', 'k1'],
      ['two', 'k2'],
    ] as const) {
      const child = main.start(name, { spawnKey: key, api: 'fork' });
      main.on('send', ipc(key, 'down', 'to child'), { n: 1 });
      child.on('send', ipc(key, 'up', 'to parent'), { n: 1 });
      main.on('create', t.resource('stdio', 'stdout', { key: `stdio:${key}:1` }));
    }
    assert.deepEqual(labels(t).sort(), [
      'IPC channel main.ts → one',
      'IPC channel main.ts → two',
      'IPC channel one → main.ts',
      'IPC channel two → main.ts',
      'stdout of one',
      'stdout of two',
    ]);
  });
});
