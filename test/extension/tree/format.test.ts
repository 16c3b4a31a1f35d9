import assert from 'node:assert/strict';
import test from 'node:test';
import { duration, shorten, shortName } from '../../../src/extension/tree/format.ts';
import { commandLine, processTooltip } from '../../../src/extension/tree/tooltip.ts';
import { TreeIndex } from '../../../src/extension/tree/tree-index.ts';
import { placeText } from '../../../src/model/words/index.ts';
import {
  channelView,
  processView,
  sessionSpec,
  siteAt,
  snapshotOf,
  threadView,
  waitView,
} from '../../views.ts';
import { shownText } from '../shown-text.ts';

test('durations are short', () => {
  assert.deepEqual([25e6, 2.34e9].map(duration), ['25 ms', '2.3 s']);
});

test('places and long texts are shortened', () => {
  assert.equal(placeText({ file: 'C:\\w\\a.ts', line: 3 }), 'a.ts:3');
  assert.equal(shorten('abcdef', 4), 'abc…');
});

test('a command line can be pasted into a shell', () => {
  assert.equal(commandLine(['node', 'my file.ts', "it's", '--x=1']), "node 'my file.ts' 'it'\\''s' --x=1");
});

test('a long name keeps its begin and its end, and leaves room for the state', () => {
  assert.equal(shortName('worker-12'), 'worker-12');
  const name = `worker-${'x'.repeat(60)}-number-12`;
  const short = shortName(name);
  assert.equal(short.length, 18);
  assert.match(short, /^worker-x+….*-12$/);
  const row = sessionSpec(snapshotOf([processView('1-a', { name })])).children[0]?.style;
  assert.equal(row?.label, short);
  assert.ok(row?.accessible.startsWith(name), 'a screen reader says all of it');
});

test('a tooltip tells CPU, memory, waits and argv, and nothing in it is taken for Markdown', () => {
  const waits = [waitView('1-r', { kind: 'waitReceive', site: { ...siteAt(4), sampled: true } })];
  const process = processView('1-r', {
    name: '[x](command:evil) <b>',
    cpu: 50,
    memory: 1024,
    argv: ['node', '```', 'a b'],
    threads: [threadView('1-r', { waits })],
  });
  const text = processTooltip(process, new TreeIndex(snapshotOf([process])));
  assert.match(text, /\| CPU \| 50% \|/);
  assert.match(shownText(text), /\| Memory \| 1\.0 KB \|/);
  assert.match(shownText(text), /· 4\.0 s \(last seen at deadlock\.ts:4\)/);
  assert.ok(text.includes("node ''''''") || text.includes("'''"));
  assert.ok(!text.includes('[x](command:evil)'));
  assert.ok(!text.includes('<b>'));
});

test('a tooltip tells the connections of a process to others, by their ends', () => {
  const connection = {
    address: '127.0.0.1:80',
    server: '2-b.0',
    clients: ['1-a.0'],
    seen: 1,
    toServer: null,
  };
  const process = processView('1-a', { state: 'idle' });
  const channels = [
    channelView('c', {
      kind: 'connection',
      name: 'a → b (127.0.0.1:80)',
      from: ['1-a'],
      to: ['2-b'],
      bytes: 7,
      connection: { ...connection, toClients: null },
    }),
    channelView('jobs', { from: ['1-a'], to: ['2-b'] }),
  ];
  const text = processTooltip(process, new TreeIndex(snapshotOf([process], { channels })));
  assert.ok(shownText(text).includes('| Connections | a → b (127.0.0.1:80) |'), text);
  const [, node] = sessionSpec(snapshotOf([process], { channels })).children;
  assert.deepEqual(
    [node?.style.label, node?.style.description, node?.style.expand],
    ['Connections', '1', 'collapsed'],
  );
  assert.deepEqual(
    node?.children.map(({ style }) => [style.label, style.description]),
    [['a → b (127.0.0.1:80)', '1 connection · ≥ 7 B']],
  );
  assert.equal(sessionSpec(snapshotOf([process])).children.length, 1, 'none where there is none');
});

test('the rows of a process and of a thread say whose answer they wait for', () => {
  const asks = 'waits for an answer from b (127.0.0.1:80)';
  const [main, worker] = [0, 1].map((threadId) =>
    threadView('1-a', { id: `1-a.${threadId}`, threadId, state: 'idle', asks }),
  );
  const process = processView('1-a', {
    state: 'idle',
    keptAlive: 'timer',
    threads: [main, worker].filter((x) => !!x),
  });
  const [row] = sessionSpec(snapshotOf([process])).children;
  assert.equal(row?.style.description.split(' · ')[0], `idle, ${asks}`);
  assert.equal(row?.children[1]?.style.description, `idle, ${asks}`);
});
