import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model } from '../../src/model/index.ts';
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
