import { Model, TRACK_STATES } from '../../../src/model/index.ts';
import { type StreamBuilder, TraceBuilder } from '../../model/builder.ts';

/** Numbers that look random and are the same in every run. */
export function makeRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Demo {
  readonly model: Model;
  /** ms */
  readonly length: number;
}

/**
 * A session that shows a little of everything: a producer, three consumers behind a queue, two processes that lock each
 * other out for ever, a child that failed, a worker thread.
 */
export function demo(): Demo {
  const t = new TraceBuilder();
  const random = makeRandom(7);
  const main = t.root({ pid: 4100, file: '/app/orders.ts' });
  const tasks = t.queue('tasks', 8);
  const results = t.queue('results');
  const accounts = t.lock('accounts');
  const ledger = t.lock('ledger');
  main.create(tasks, results, accounts, ledger);
  const names = ['producer', 'consumer-1', 'consumer-2', 'consumer-3', 'transfer-a', 'transfer-b', 'audit'];
  const children = names.map((name, i) => {
    t.at(22 + i * 9);
    return main.start(name, { pid: 4101 + i, site: `/app/orders.ts:${20 + i}` });
  });
  const [producer, first, second, third, a, b, audit] = children as [
    StreamBuilder,
    StreamBuilder,
    StreamBuilder,
    StreamBuilder,
    StreamBuilder,
    StreamBuilder,
    StreamBuilder,
  ];
  t.at(95);
  const joined = main.join(producer, { sync: true, site: '/app/orders.ts:41' });
  const items = produce(t, producer, tasks, random);
  t.at(592);
  main.endWait(joined).childExit(producer, { code: 0 });
  t.at(593);
  main.join(a, { sync: true, site: '/app/orders.ts:42' });
  consume(t, [first, second, third], tasks, results, items, random);
  transfer(t, a, b, accounts, ledger);
  t.at(130);
  const worker = audit.thread('checksum');
  worker.record('processStart');
  t.at(310);
  worker.exit(0);
  t.at(420);
  audit.exit(1);
  main.childExit(audit, { code: 1 });
  t.observe({ type: 'sample', time: 900e6, pid: 4100, cpu: 2, memory: 50e6 });
  busy(t, [main, ...children, worker]);
  const model = new Model();
  t.feed(model);
  return { model, length: 900 };
}

/** Whoever shows no wait is on a processor. */
function busy(t: TraceBuilder, streams: readonly StreamBuilder[]): void {
  t.items.sort((x, y) => x.time - y.time);
  const model = t.feed(new Model());
  for (const stream of streams) {
    const { def } = stream;
    const thread = model.threads().find((view) => view.id === `${def.pid}.${def.threadId}`);
    if (thread === undefined) throw new Error(`no thread of ${def.stream}`);
    const [stats] = model.stats([thread.id], { start: 0, end: model.lastTime });
    const active = (['unknown', 'holding'] as const).map(
      (name) => stats?.ns[TRACK_STATES.indexOf(name)] ?? 0,
    );
    t.at((thread.end ?? model.lastTime) / 1e6);
    stream.spent(active.reduce((sum, ns) => sum + ns, 0) / 1e6);
  }
  t.items.sort((x, y) => x.time - y.time);
}

type Resource = ReturnType<TraceBuilder['queue']>;

function produce(t: TraceBuilder, producer: StreamBuilder, tasks: Resource, random: () => number): number[] {
  const sent: number[] = [];
  let now = 100;
  for (let n = 1; n <= 60; n += 1) {
    now += 2 + random() * 9;
    t.at(now);
    if (n % 13 === 0) {
      const wait = producer.wait('waitSend', tasks, { sync: true, site: '/app/orders.ts:12' });
      now += 18;
      t.at(now);
      producer.endWait(wait);
    }
    producer.on('send', tasks, { n, value: 120, site: '/app/orders.ts:12' });
    sent.push(t.now / 1e6);
  }
  t.at(now + 30);
  producer.exit(0);
  return sent;
}

function consume(
  t: TraceBuilder,
  consumers: readonly StreamBuilder[],
  tasks: Resource,
  results: Resource,
  sent: readonly number[],
  random: () => number,
): void {
  const free = consumers.map(() => 70);
  for (const [i, at] of sent.entries()) {
    const who = free.indexOf(Math.min(...free));
    const consumer = consumers[who]!;
    t.at(Math.max(free[who]!, 70) + 0.2);
    const wait = consumer.wait('waitReceive', tasks, { sync: true, site: '/app/orders.ts:30' });
    const got = Math.max(at + 0.4, free[who]! + 0.6);
    t.at(got);
    consumer.on('receive', tasks, { n: i + 1, value: 120, site: '/app/orders.ts:30' }).endWait(wait);
    const work = 6 + random() * 16;
    t.at(got + work);
    consumer.on('send', results, { n: i + 1, value: 40, site: '/app/orders.ts:34' });
    free[who] = got + work;
  }
  for (const [i, consumer] of consumers.entries()) {
    t.at(free[i]! + 1);
    consumer.wait('waitReceive', tasks, { sync: true, site: '/app/orders.ts:30' });
  }
}

/** Two processes that take two locks in opposite order, well for a while. */
function transfer(
  t: TraceBuilder,
  a: StreamBuilder,
  b: StreamBuilder,
  accounts: Resource,
  ledger: Resource,
): void {
  let ticket = { accounts: 0, ledger: 0 };
  let now = 90;
  for (let round = 0; round < 12; round += 1) {
    const [one, two] = round % 2 === 0 ? [a, b] : [b, a];
    t.at(now);
    one.acquire(accounts, ++ticket.accounts, '/app/transfer.ts:8');
    t.at(now + 1);
    const wait = two.wait('waitAcquire', accounts, { sync: true, site: '/app/transfer.ts:8' });
    t.at(now + 9);
    one.release(accounts, ticket.accounts);
    t.at(now + 9.1);
    two.acquire(accounts, ++ticket.accounts, '/app/transfer.ts:8', { value: wait }).endWait(wait);
    t.at(now + 15);
    two.release(accounts, ticket.accounts);
    now += 25;
  }
  ticket = { accounts: ticket.accounts + 1, ledger: 1 };
  t.at(now);
  a.acquire(accounts, ticket.accounts, '/app/transfer.ts:8');
  t.at(now + 2);
  b.acquire(ledger, 1, '/app/transfer.ts:19');
  t.at(now + 12);
  a.wait('waitAcquire', ledger, { sync: true, site: '/app/transfer.ts:10' });
  t.at(now + 20);
  b.wait('waitAcquire', accounts, { sync: true, site: '/app/transfer.ts:21' });
}
