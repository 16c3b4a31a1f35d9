import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BridgeActions, TimelineBridge } from '../../../src/extension/timeline/bridge.ts';
import { timelineHtml } from '../../../src/extension/timeline/html.ts';
import { packSlices } from '../../../src/extension/timeline/pack.ts';
import type { PackedTiles, ToWebview } from '../../../src/protocol/timeline.ts';
import { demo } from '../../browser/support/demo.ts';
import { ModelSession } from '../../browser/support/session.ts';

function make(session = new ModelSession(demo().model)) {
  const posted: ToWebview[] = [];
  const told: string[] = [];
  const actions: BridgeActions = {
    goTo: (target) => told.push(`${target.file}:${target.line}`),
    inspect: (from, finding) => told.push(`${from.name} ${finding}`),
    command: (name) => told.push(name),
    log: (message) => told.push(message),
  };
  const bridge = new TimelineBridge((message) => posted.push(message), actions);
  return { bridge, posted, told, session };
}
const types = (messages: readonly ToWebview[]): string[] => messages.map((message) => message.type);
const everything = { start: 0, end: 2 ** 30 };

describe('the bridge', () => {
  it('sends nothing before the client is ready, then all that it needs', async () => {
    const { bridge, posted, session } = make();
    bridge.setSession(session);
    session.push();
    assert.deepEqual(posted, []);
    await bridge.receive({ type: 'ready' });
    assert.deepEqual(types(posted), ['session', 'update']);
  });

  it('sends nothing to a hidden client, and everything again when it is shown', async () => {
    const { bridge, posted, session } = make();
    bridge.setSession(session);
    await bridge.receive({ type: 'ready' });
    posted.length = 0;
    bridge.setVisible(false);
    session.push();
    const { thread } = session.model.tracks()[0]!;
    const tiles = { threads: [thread], range: everything, buckets: 256 };
    await bridge.receive({ type: 'request', id: 1, name: 'tiles', args: tiles });
    assert.deepEqual(posted, []);
    bridge.setVisible(true);
    assert.deepEqual(types(posted), ['session', 'update']);
  });

  it('answers with arrays that carry nothing but their content', async () => {
    const { bridge, posted, session } = make();
    bridge.setSession(session);
    await bridge.receive({ type: 'ready' });
    const threads = session.model.tracks().map((track) => track.thread);
    const args = { threads, range: everything, buckets: 512 };
    await bridge.receive({ type: 'request', id: 7, name: 'tiles', args });
    const answer = posted.at(-1);
    assert.ok(answer?.type === 'answer' && answer.id === 7);
    const { state, share, mask } = answer.result as PackedTiles;
    for (const array of [state, share, mask]) {
      assert.equal(array.length, threads.length * 512);
      assert.equal(array.buffer.byteLength, array.byteLength);
    }
  });

  it('refuses what it cannot answer, and never throws', async () => {
    const { bridge, posted, session } = make();
    await bridge.receive({ type: 'ready' });
    await bridge.receive({ type: 'request', id: 1, name: 'structure', args: {} });
    bridge.setSession(session);
    await bridge.receive({ type: 'request', id: 2, name: 'toString' as 'structure', args: {} });
    await bridge.receive({ type: 'request', id: 3, name: 'tiles', args: {} });
    const refused = posted.filter((message) => message.type === 'refused');
    assert.deepEqual(
      refused.map((message) => message.id),
      [1, 2, 3],
    );
    assert.match(refused[0]!.message, /no session/);
  });

  it('does not answer for a session that is no longer shown', async () => {
    const { bridge, posted, session } = make();
    bridge.setSession(session);
    await bridge.receive({ type: 'ready' });
    const asked = bridge.receive({ type: 'request', id: 1, name: 'structure', args: {} });
    bridge.setSession(undefined);
    await asked;
    assert.equal(posted.at(-1)?.type, 'refused');
    posted.length = 0;
    session.push();
    assert.deepEqual(posted, []);
  });

  it('keeps what is to be revealed until somebody is there to see it', async () => {
    const { bridge, posted, session, told } = make();
    bridge.setSession(session);
    bridge.reveal({ type: 'reveal', process: '4101', thread: null, time: null });
    await bridge.receive({ type: 'ready' });
    assert.equal(posted.at(-1)?.type, 'reveal');
    await bridge.receive({ type: 'goto', file: '/app/a.ts', line: 3, column: 1, beside: false });
    await bridge.receive({ type: 'inspect', finding: 'f1' });
    assert.deepEqual(told, ['/app/a.ts:3', 'demo.ts f1']);
  });
});

describe('packing', () => {
  it('puts slices in order and names resources and sites once', () => {
    const site = { file: '/a.ts', line: 1, column: 1, fn: '', sampled: false, frames: [] };
    const slice = (start: number, end: number | null) =>
      ({ start, end, state: 'lock', resource: 'r', site: { ...site }, busy: null, ready: 0 }) as const;
    const tracks = [
      { thread: 'a', range: everything },
      { thread: 'b', range: everything },
    ];
    const packed = packSlices(tracks, [[slice(5, null), slice(1, 5)], [slice(2, 3)]]);
    assert.deepEqual([...packed.offsets], [0, 2, 3]);
    assert.deepEqual([...packed.start], [1, 5, 2]);
    assert.deepEqual([...packed.end], [5, Number.NaN, 3]);
    assert.deepEqual([packed.resources, packed.sites.length, [...packed.site]], [['r'], 1, [1, 1, 1]]);
  });
});

describe('the page', () => {
  it('allows one script, one style sheet and nothing else, whatever the texts hold', () => {
    const html = timelineHtml({
      script: 'https://host/"><script>1</script>.js',
      style: 'https://host/a.css',
      cspSource: 'https://host',
      nonce: 'abc',
      language: 'de',
      title: '<b>',
      translations: { '</script><script>alert(1)//': 'x' },
    });
    assert.match(html, /default-src &#39;none&#39;/);
    assert.equal(html.match(/<script/g)?.length, 2);
    assert.equal(html.match(/nonce="abc"/g)?.length, 1);
    assert.doesNotMatch(html, /unsafe|style="|<b>| on\w+=/);
  });
});
