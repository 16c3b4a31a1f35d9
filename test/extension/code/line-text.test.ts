import assert from 'node:assert/strict';
import test from 'node:test';
import { hoverText, lensText } from '../../../src/extension/code/line-text.ts';
import type { ThingAtLine } from '../../../src/model/types/index.ts';
import { english, Labels } from '../../../src/model/words/index.ts';
import { channelView, resourceView } from '../../views.ts';
import { shownText } from '../shown-text.ts';

const name = ({ resource, channel }: ThingAtLine) => (resource ?? channel)?.name ?? '';
const lock = (change: Parameters<typeof resourceView>[1] = {}, longestWaitNs = 2.1e6): ThingAtLine => ({
  made: false,
  resource: resourceView('1', { kind: 'lock', name: 'till', acquisitions: 12000, contended: 34, ...change }),
  channel: null,
  longestWaitNs,
});
const queue = (change: Parameters<typeof channelView>[1] = {}, made = true): ThingAtLine => ({
  made,
  resource: null,
  channel: channelView('2', { name: 'jobs', sent: 7, received: 5, exact: true, ...change }),
  longestWaitNs: 0,
});
const at = (...things: ThingAtLine[]) => ({ line: 1, things, more: 0 });

test('a contended lock and a busy channel are told of', () => {
  assert.equal(lensText(at(lock()), name), 'till: taken 12,000 times, waited for 34 times, longest 2.1 ms');
  assert.equal(lensText(at(queue()), name), 'jobs: 7 sent, 5 received');
  const least = lensText(at(lock({ exact: false }), queue({ exact: false })), name);
  assert.equal(
    least,
    'till: taken ≥ 12,000 times, waited for ≥ 34 times, longest 2.1 ms · jobs: ≥ 7 sent, ≥ 5 received',
  );
});

test('one is told as one', () => {
  assert.equal(
    lensText(at(lock({ acquisitions: 1, contended: 1 })), name),
    'till: taken once, waited for once, longest 2.1 ms',
  );
  assert.match(
    lensText(at(lock({ acquisitions: 1, contended: 1, exact: false })), name),
    /taken ≥ 1 times, waited for ≥ 1 times/,
  );
  assert.equal(
    lensText(at(queue({ kind: 'stdio', sent: 1, received: 0 })), name),
    'jobs: 1 byte written, 0 bytes read',
  );
});

test('what nobody waited for, or went over, is not; nor a channel where it is used', () => {
  assert.equal(lensText(at(lock({ contended: 0 })), name), '');
  assert.equal(lensText(at(queue({ sent: 0, received: 0 })), name), '');
  assert.equal(lensText(at(queue({}, false)), name), '');
  assert.equal(lensText(at(lock({ kind: 'event' })), name), '');
});

test('of many things of one line two are named', () => {
  const many = at(lock({ name: 'a' }), lock({ name: 'b' }), lock({ name: 'c' }));
  assert.match(lensText(many, name), /^a: .* · b: .* · 1 more$/);
  assert.match(lensText({ ...many, more: 4 }, name), / · ≥ 5 more$/);
});

test('a hover tells who has a lock and who waits, and names are text', () => {
  const thing = lock({
    name: '[x](command:evil)',
    named: true,
    holders: [{ process: 'p', thread: 't', task: 0, ticket: 1, since: 1e9, site: null, dead: true }],
  });
  const resources = thing.resource ? [thing.resource] : [];
  const text = hoverText(at(thing), {
    labels: new Labels(english, { processes: [], resources, channels: [] }),
    session: 'pay.ts',
    live: false,
    lastTime: 3e9,
  });
  assert.doesNotMatch(text, /(?<!\\)\[x/);
  assert.match(shownText(text), /Held by: t for 2\.0 s, which has ended/);
  assert.match(text, /taken 12,000 times/);
  assert.match(shownText(text), /_pay\.ts, as of its end_$/);
});
