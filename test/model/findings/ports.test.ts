import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RestSource, TraceBuilder } from '../builder.ts';
import { LONG, none, only, places } from './ask.ts';

describe('port-keeps-alive', () => {
  function worker() {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const thread = main.thread('w');
    const down = t.resource('port', 'down', { peerKey: 'port:up' });
    const up = t.resource('port', 'up', { peerKey: 'port:down' });
    main.openRole(down, 'write').openRole(up, 'read');
    thread.openRole(down, 'read').openRole(up, 'write');
    const parent: RestSource = { kind: 'parent', resource: down, listens: true };
    const messages: RestSource = { kind: 'port', resource: up, listens: true };
    return { t, main, thread, parent, messages, down, up };
  }
  it('is certain when only ports and idle workers are left', () => {
    const { t, main, thread, parent, messages } = worker();
    thread.rest(parent);
    none(t, LONG);
    main.rest(messages);
    const finding = only(t, 'port-keeps-alive', 'certain');
    assert.match(finding.title, /does not exit: its message port/);
  });
  it('is certain where two processes listen to each other and nobody has sent the first message', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('child', { pid: 11, api: 'fork', site: '/app/main.ts:3' });
    const [down, up] = [t.resource('ipc', 'down', { peerKey: 'ipc:up' }), t.resource('ipc', 'up')];
    main.openRole(down, 'write').openRole(up, 'read');
    child.openRole(down, 'read').openRole(up, 'write');
    child.rest({ kind: 'ipc', resource: down, listens: true, events: ['message'] });
    main.rest({ kind: 'ipc', resource: up, child, listens: true, events: ['message'] });
    const finding = only(t, 'port-keeps-alive', 'certain', LONG);
    assert.match(finding.explanation, /each waits for the first message of another/);
  });
  it('gives way to crossed-acks where both asked at once and each takes one message more', () => {
    for (const crossed of [true, false])
      for (const awaiting of ['both', 'worker', 'neither'] as const) {
        const { t, main, thread, parent, messages, down, up } = worker();
        thread.on('send', up, { n: 1, site: '/app/w.ts:2' });
        if (crossed) main.on('send', down, { n: 1, site: '/app/main.ts:7' }).on('receive', up, { n: 1 });
        else main.on('receive', up, { n: 1 }).on('send', down, { n: 1, site: '/app/main.ts:7' });
        thread
          .on('receive', down, { n: 1 })
          .rest({ ...parent, ...(awaiting !== 'neither' && { once: true }) });
        main.rest({ ...messages, ...(awaiting === 'both' && { once: true }) });
        const kind = awaiting === 'both' ? 'crossed-acks' : 'port-keeps-alive';
        const finding = only(t, kind, 'certain');
        const sent = places(finding).filter((place) => place.startsWith('sent'));
        if (kind === 'crossed-acks') assert.deepEqual(sent, crossed ? ['sent 2', 'sent 7'] : ['sent 7']);
      }
  });
  it('is certain where both ends are in one thread, as long as it has both', () => {
    for (const has of ['both', 'one', 'closes'] as const) {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      const [one, two] = [t.resource('port', 'one', { peerKey: 'port:two' }), t.resource('port', 'two')];
      main.openRole(one, 'write').openRole(two, 'read');
      if (has !== 'one') main.openRole(two, 'write').openRole(one, 'read');
      if (has === 'closes') main.closeRole(two, 'write').closeRole(one, 'read');
      main.rest({ kind: 'port', resource: two, listens: true, events: ['message'] });
      if (has === 'both') only(t, 'port-keeps-alive', 'certain', LONG);
      else none(t, LONG);
    }
  });
  it('is not reported for a server, a timer, or a worker that works', () => {
    const { t, main, messages } = worker();
    main.rest(messages);
    none(t, LONG);
    for (const more of [
      { kind: 'timer', due: 1e12 },
      { kind: 'server', local: '127.0.0.1:80' },
      { kind: 'socket', remote: '10.0.0.1:80', local: '10.0.0.2:5000' },
    ] satisfies RestSource[]) {
      const scene = worker();
      scene.thread.rest(scene.parent);
      scene.main.rest(scene.messages, more);
      none(scene.t, LONG);
    }
  });
  it('is not reported when the other end was just closed', () => {
    const { t, main, thread, parent, messages, down, up } = worker();
    thread.rest(parent);
    main.closeRole(down, 'write').closeRole(up, 'read').rest(messages);
    none(t, LONG);
  });
  it('gives way to crossed-acks when a message was sent and not answered', () => {
    const { t, main, thread, parent, messages, down } = worker();
    main.on('send', down, { n: 1, site: '/app/main.ts:7' });
    thread.on('receive', down, { n: 1 }).rest(parent);
    main.rest(messages);
    const finding = only(t, 'crossed-acks', 'certain');
    assert.ok(places(finding).includes('sent 7'));
  });
  it('is what an answer leaves behind for which nobody listens any more', () => {
    const { t, main, thread, parent, down, up } = worker();
    main.on('send', down, { n: 1, site: '/app/main.ts:7' });
    thread.on('receive', down, { n: 1 }).on('send', up, { n: 1, site: '/app/w.ts:2' });
    main.on('receive', up, { n: 1 });
    thread.rest(parent);
    main.rest({ kind: 'port', resource: up, listens: true, events: ['close'] });
    only(t, 'port-keeps-alive', 'certain');
  });
  it('is what an answer leaves behind where both sides go on listening', () => {
    const { t, main, thread, parent, messages, down, up } = worker();
    // It says that it is there, and then answers.
    thread.on('send', up, { n: 1, site: '/app/w.ts:1' });
    main.on('receive', up, { n: 1 });
    for (const n of [1, 2]) {
      main.on('send', down, { n, site: '/app/main.ts:7' });
      thread.on('receive', down, { n }).on('send', up, { n: n + 1, site: '/app/w.ts:2' });
      main.on('receive', up, { n: n + 1 });
    }
    thread.rest(parent);
    main.rest(messages);
    const finding = only(t, 'port-keeps-alive', 'certain');
    assert.ok(places(finding).includes('sent 2'));
    assert.match(
      finding.explanation,
      /last message was sent by thread w of main\.ts at w\.ts:2; nothing was sent back/,
    );
  });
  it('is so too where it is the parent that answers', () => {
    const { t, main, thread, parent, messages, down, up } = worker();
    thread.on('send', up, { n: 1, site: '/app/w.ts:2' });
    main.on('receive', up, { n: 1 }).on('send', down, { n: 1, site: '/app/main.ts:7' });
    thread.on('receive', down, { n: 1 }).rest(parent);
    main.rest(messages);
    only(t, 'port-keeps-alive', 'certain');
  });
  it('is not what a question leaves that is asked where others were, or of whom had answered before', () => {
    for (const asks of ['worker', 'parent'] as const) {
      const { t, main, thread, parent, messages, down, up } = worker();
      const [one, other, out, back] = asks === 'worker' ? [thread, main, up, down] : [main, thread, down, up];
      one.on('send', out, { n: 1, site: '/app/ask.ts:2 < /app/a.ts:1' });
      other.on('receive', out, { n: 1 }).on('send', back, { n: 1, site: '/app/answer.ts:3' });
      one.on('receive', back, { n: 1 });
      one.on('send', out, { n: 2, site: `/app/ask.ts:${asks === 'worker' ? 2 : 9} < /app/b.ts:1` });
      other.on('receive', out, { n: 2 });
      thread.rest(parent);
      main.rest(messages);
      only(t, 'crossed-acks', 'certain');
    }
  });
  it('gives way to message-not-heard when nobody listens for it', () => {
    const { t, main, thread, messages, down } = worker();
    main.on('send', down, { n: 1, site: '/app/main.ts:7' });
    thread.rest({ kind: 'server', local: '127.0.0.1:80' });
    main.rest(messages);
    none(t);
    only(t, 'message-not-heard', 'suspected', LONG);
  });
});
