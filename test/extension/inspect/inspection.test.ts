import assert from 'node:assert/strict';
import test from 'node:test';
import {
  differs,
  inspectedSites,
  inspectionOf,
  inspectionText,
  later,
} from '../../../src/extension/inspect/inspection.ts';
import type { ChainLink } from '../../../src/model/types/index.ts';
import { findingView, siteAt } from '../../views.ts';

const link = (processId: string, wait: number, holder: string, held: number): ChainLink => ({
  process: processId,
  thread: `${processId}.0`,
  task: 0,
  waitKind: 'waitAcquire',
  source: null,
  resource: 'B',
  since: 1e9,
  site: siteAt(wait),
  blockedBy: [{ process: holder, thread: `${holder}.0`, site: siteAt(held) }],
  text: `${processId} waits, held by ${holder}`,
});
const around = {
  dir: '/t',
  lastTime: 3e9,
  live: true,
  process: (id: string) => `p${id}`,
  thread: (id: string) => `t${id}`,
};

test('a link has the line that waits and the line that took what it waits for, with what happens there', () => {
  const chain = [link('1', 10, '2', 20), link('2', 30, '1', 40)];
  const site = {
    ...siteAt(20),
    role: 'acquired',
    process: '2',
    thread: '2.0',
    resource: 'B',
    time: 0,
  } as const;
  const made = { ...site, ...siteAt(3), role: 'created' } as const;
  const inspection = inspectionOf(findingView({ chain, sites: [site, made] }), around);
  const [first] = inspection.links;
  assert.equal(first?.since, 'for 2.0 s');
  assert.deepEqual([first?.waits?.place, first?.waits?.text], ['deadlock.ts:10', 'p1 waits here']);
  assert.deepEqual(
    first?.causes.map((c) => [c.place, c.text, c.role]),
    [['deadlock.ts:20', 'p2 took it here', 'acquired']],
  );
  assert.deepEqual(
    inspection.others.map((s) => s.text),
    ['made here by p2'],
  );
  assert.deepEqual(
    inspectedSites(inspection).map((s) => s.site.line),
    [10, 20, 30, 40, 3],
  );
});

test('as text it has every line with its path', () => {
  const text = inspectionText(inspectionOf(findingView({ chain: [link('1', 10, '2', 20)] }), around));
  assert.match(text, /^a and b wait for each other \(certain\)/);
  assert.match(text, /1\. 1 waits, held by 2 for 2\.0 s\n {5}\/w\/deadlock\.ts:10:3 {2}p1 waits here\n/);
  assert.match(text, /How to mend it: Take the locks in one order\./);
});

test('no call sites (call sites off): words without lines', () => {
  const bare = {
    ...link('1', 1, '2', 2),
    site: null,
    blockedBy: [{ process: '2', thread: 't', site: null }],
  };
  const inspection = inspectionOf(findingView({ chain: [bare] }), around);
  assert.deepEqual([inspection.links[0]?.waits, inspection.links[0]?.causes], [null, []]);
});

test('a sampled line is said to be the last one seen', () => {
  const sampled = { ...link('1', 1, '2', 2), site: { ...siteAt(9), sampled: true } };
  const inspection = inspectionOf(findingView({ chain: [sampled] }), around);
  assert.equal(inspection.links[0]?.waits?.text, 'p1 waits here (last seen at deadlock.ts:9)');
});

test('time goes on: how long it lasts, that it is over, that the program has ended', () => {
  const finding = findingView({ chain: [link('1', 10, '2', 20)] });
  const inspection = inspectionOf(finding, around);
  assert.deepEqual([inspection.links[0]?.since, inspection.over], ['for 2.0 s', '']);
  const lasting = later(inspection, finding, { lastTime: 8e9, live: true });
  assert.deepEqual([lasting.links[0]?.since, lasting.over], ['for 7.0 s', '']);
  const gone = later(lasting, undefined, { lastTime: 9e9, live: true });
  assert.deepEqual([gone.links[0]?.since, gone.over], ['for 7.0 s', 'This is over: the program goes on.']);
  const ended = later(lasting, finding, { lastTime: 9e9, live: false });
  assert.deepEqual([ended.links[0]?.since, ended.over], ['for 8.0 s', 'The program has ended.']);
  assert.match(inspectionText(ended), /\(certain\)\nThe program has ended\.\n/);
});

test('it is told anew where it has become certain, or others wait', () => {
  const chain = [link('1', 10, '2', 20)];
  const inspection = inspectionOf(findingView({ chain, certainty: 'suspected' }), around);
  assert.equal(differs(inspection, findingView({ chain, certainty: 'suspected' })), false);
  assert.equal(differs(inspection, findingView({ chain, certainty: 'certain' })), true);
  const others = [link('3', 10, '2', 20)];
  assert.equal(differs(inspection, findingView({ chain: others, certainty: 'suspected' })), true);
});

test('a proof says of each member all by which it could go on, and who could bring that about', () => {
  const need = { kind: 'waitAcquire', resource: 'B', child: null, since: 0, feeders: [] } as const;
  const needs = [{ ...need, site: siteAt(10), text: 'waits for lock B: only b could end that' }];
  const member = { process: '1', thread: '1.0', task: 0, since: 0 };
  const proof = {
    time: 2e9,
    members: [
      { ...member, stands: 'sync', needs },
      { ...member, thread: '2.0', stands: 'rest', needs: [{ ...needs[0]!, site: null }] },
    ],
  } as const;
  const inspection = inspectionOf(findingView({ chain: [link('1', 10, '2', 20)], proof }), around);
  assert.deepEqual(
    inspection.proof.map(({ text }) => text),
    ['t1.0 stands in a synchronous call, and goes on only by:', 't2.0 rests, and goes on only by:'],
  );
  assert.deepEqual(inspection.proof[0]?.needs[0]?.site?.text, 'deadlock.ts:10');
  assert.match(
    inspectionText(inspection),
    /\n\nProof: .*\n {2}t1\.0 stands.*\n {4}• waits for lock B: only b could end that \(deadlock\.ts:10\)\n/,
  );
});

test('what is suspected has no proof', () => {
  assert.deepEqual(inspectionOf(findingView({ certainty: 'suspected' }), around).proof, []);
});
