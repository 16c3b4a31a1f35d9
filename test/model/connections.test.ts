import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model, makeReport, reportLines } from '../../src/model/index.ts';
import { type RestSource, type StreamBuilder, TraceBuilder } from './builder.ts';

function listen(thread: StreamBuilder, message: string): void {
  thread.define({ type: 'incident', what: 'listening', time: thread.trace.now, message });
}

function socket(local: string, remote: string, more: Partial<RestSource> = {}): RestSource {
  return { kind: 'socket', local, remote, listens: true, ...more };
}

/** A parent, a server in one child, a client in another one. */
function scene(address = '127.0.0.1:80') {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/app/main.ts' });
  const server = main.start('server', { pid: 11 });
  const client = main.start('client', { pid: 12 });
  listen(server, address);
  t.at(50);
  return { t, main, server, client };
}

/** What rows of connections are about. */
const rows = (model: Model) =>
  model
    .channels()
    .filter(({ kind }) => kind === 'connection')
    .map(({ name, connection, bytes }) => [name, connection?.seen, bytes]);

const keptAlive = (model: Model, pid: number) => model.processes().find((p) => p.pid === pid)?.keptAlive;

describe('the other end of a connection', () => {
  it('is the thread that listens there, also where it listens on all addresses', () => {
    for (const address of ['127.0.0.1:80', '0.0.0.0:80', '[::]:80']) {
      const { t, client } = scene(address);
      client.rest(socket('127.0.0.1:5000', '127.0.0.1:80'));
      assert.equal(keptAlive(t.feed(new Model()), 12), 'connection (server, 127.0.0.1:80)', address);
    }
  });

  it('is outside where the address is of another machine, though somebody here has the same port', () => {
    const { t, client } = scene('[::]:443');
    client.rest(socket('10.0.0.2:5000', '93.184.216.34:443'));
    assert.equal(keptAlive(t.feed(new Model()), 12), 'connection (93.184.216.34:443)');
  });

  it('is this machine by its own address in the network', () => {
    const { t, client } = scene('0.0.0.0:80');
    client.rest(socket('10.0.0.2:5000', '10.0.0.2:80'));
    assert.equal(keptAlive(t.feed(new Model()), 12), 'connection (server, 10.0.0.2:80)');
  });

  it('is who has told of the same two addresses, whoever listens', () => {
    const { t, main, server, client } = scene();
    listen(main, '127.0.0.1:80');
    client.rest(socket('127.0.0.1:5000', '127.0.0.1:80'));
    server.rest(socket('127.0.0.1:80', '127.0.0.1:5000'));
    const model = t.feed(new Model());
    assert.equal(keptAlive(model, 12), 'connection (server, 127.0.0.1:80)');
    assert.equal(keptAlive(model, 11), 'connection (client, 127.0.0.1:5000)');
  });

  it('is nobody where several listen, or the only one has begun later', () => {
    const { t, main, client } = scene();
    listen(main, '127.0.0.1:80');
    client.rest(socket('127.0.0.1:5000', '127.0.0.1:80'), socket('127.0.0.1:5001', '127.0.0.1:81'));
    t.at(100);
    listen(main, '127.0.0.1:81');
    assert.equal(keptAlive(t.feed(new Model()), 12), 'connection (127.0.0.1:80), connection (127.0.0.1:81)');
  });

  it('is found whichever stream is read first', () => {
    const { t, server, client } = scene();
    client.rest(socket('127.0.0.1:5000', '127.0.0.1:80'));
    const own = t.items.filter((item) => 'stream' in item && item.stream === server.def);
    const model = t.feed(
      new Model(),
      t.items.filter((item) => !own.includes(item)),
    );
    assert.equal(keptAlive(model, 12), 'connection (127.0.0.1:80)');
    assert.equal(keptAlive(t.feed(model, own), 12), 'connection (server, 127.0.0.1:80)');
  });
});

describe('connections between processes of the trace', () => {
  it('are channels with both ends, their address, and the bytes that an end has told', () => {
    const { t, server, client } = scene();
    client.rest(socket('127.0.0.1:5000', '127.0.0.1:80', { sent: 40, received: 0, unanswered: true }));
    server.rest(socket('127.0.0.1:80', '127.0.0.1:5000'), { kind: 'server', local: '127.0.0.1:80' });
    const model = t.feed(new Model());
    const [row] = model.channels();
    assert.deepEqual(row?.connection, {
      address: '127.0.0.1:80',
      server: '11.0',
      clients: ['12.0'],
      seen: 1,
      toServer: 40,
      toClients: 0,
    });
    assert.deepEqual([row.from, row.to, row.bytes], [['12'], ['11'], 40]);
    assert.deepEqual([row.sent, row.received, row.depth, row.exact], [null, null, null, false]);
    const text = reportLines(makeReport(model)).join('\n');
    assert.match(text, /connection 127\.0\.0\.1:80 +client → server +1 seen +≥ 40 B/);
    const [asks] = model.threads().flatMap((thread) => thread.asks || []);
    assert.equal(asks, 'waits for an answer from server (127.0.0.1:80)');
  });

  it('have no bytes where nobody has told them', () => {
    const { t, client } = scene();
    client.rest(
      socket('127.0.0.1:5000', '127.0.0.1:80'),
      socket('127.0.0.1:5001', '127.0.0.1:80', { sent: 1, received: 1 }),
    );
    assert.deepEqual(rows(t.feed(new Model())), [['client → server (127.0.0.1:80)', 2, null]]);
  });

  it('are none to the outside, of clients from there, of a thread with itself, and in traces that tell no addresses', () => {
    const { t, server, client } = scene();
    client.rest(socket('10.0.0.2:5000', '93.184.216.34:443'), { kind: 'socket', listens: true });
    server.rest(
      socket('127.0.0.1:80', '127.0.0.1:6000'),
      socket('127.0.0.1:80', '127.0.0.1:5000'),
      socket('127.0.0.1:5000', '127.0.0.1:80'),
    );
    const model = t.feed(new Model());
    assert.deepEqual(rows(model), []);
    assert.equal(reportLines(makeReport(model)).join('\n').includes('Channels'), false);
  });

  it('stay where they were closed, and count each once', () => {
    const { t, server, client } = scene();
    for (let port = 5000; port < 6000; port++) {
      client.rest(socket(`127.0.0.1:${port}`, '127.0.0.1:80', { sent: 2, received: 3 }));
      t.at(port - 4900);
    }
    client.rest();
    client.exit();
    server.exit();
    // So many of a thread are kept.
    assert.deepEqual(rows(t.feed(new Model())), [['client → server (127.0.0.1:80)', 256, 256 * 5]]);
  });

  it('of a server with many clients are one row', () => {
    const { t, main } = scene();
    for (let i = 0; i < 1000; i++) {
      const client = main.start(`client-${i}`, { pid: 1000 + i });
      t.at(100 + i);
      client.rest(socket(`127.0.0.1:${5000 + i}`, '127.0.0.1:80', { sent: 1, received: 1 }));
    }
    const model = t.feed(new Model());
    assert.deepEqual(rows(model), [['1000 clients → server (127.0.0.1:80)', 1000, 2000]]);
    const text = reportLines(makeReport(model)).join('\n');
    assert.match(text, /connection 127\.0\.0\.1:80 +1000 clients → server +1,000 seen/);
  });

  it('are followed by the path of a Unix socket, and between threads of a process', () => {
    const { t, server, client } = scene('/tmp/app.sock');
    const worker = server.thread('asker');
    t.at(100);
    const path = { kind: 'pipe', remote: '/tmp/app.sock', listens: true } as const;
    client.rest({ ...path, sent: 1, received: 2 }, { ...path, sent: 3, received: 4, count: 2 });
    worker.rest({ ...path, unanswered: true });
    const model = t.feed(new Model());
    assert.deepEqual(rows(model), [
      ['thread asker of server → server (/tmp/app.sock)', 1, null],
      ['client → server (/tmp/app.sock)', 3, 17],
    ]);
    assert.deepEqual(
      model.threads().flatMap(({ asks }) => asks || []),
      ['waits for an answer from server (/tmp/app.sock)'],
    );
  });

  it('name the one who has listened as the server, whoever is read first', () => {
    const { t, server, client } = scene('[::]:80');
    server.rest(socket('[::ffff:127.0.0.1]:80', '[::ffff:127.0.0.1]:5000'));
    client.rest(socket('127.0.0.1:5000', '127.0.0.1:80'));
    assert.deepEqual(rows(t.feed(new Model())), [['client → server (127.0.0.1:80)', 1, null]]);
  });
});
