import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model, makeReport, type Report } from '../../src/model/index.ts';
import { type Item, type Resource, type StreamBuilder, TraceBuilder } from './builder.ts';
import { random } from './random.ts';

type Random = () => number;

/** A program that does a bit of everything, by chance, as a correct runtime would record it. */
function program(next: Random): TraceBuilder {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const locks = ['A', 'B', 'C'].map((name) => t.lock(name));
  const queues = ['p', 'q'].map((name) => t.queue(name));
  main.create(...locks, ...queues);
  const actors: StreamBuilder[] = [main];
  const tickets = new Map<Resource, number>();
  const held = new Map<Resource, { who: StreamBuilder; ticket: number }>();
  const waits = new Map<StreamBuilder, { lock: Resource; n: number }>();
  const sent = new Map<Resource, number>();
  const received = new Map<Resource, number>();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const bump = (map: Map<Resource, number>, r: Resource): number => {
    map.set(r, (map.get(r) ?? 0) + 1);
    return map.get(r) as number;
  };
  for (let step = 0; step < 120; step++) {
    const who = pick(actors);
    const chance = next();
    const lock = pick(locks);
    const queue = pick(queues);
    if (chance < 0.06 && actors.length < 6) {
      const child = who.start(`child-${step}`).open(...locks, ...queues);
      actors.push(child);
    } else if (chance < 0.09) {
      who.startOnly('', { api: 'spawn', argv: ['sh', '-c', 'x'], pid: t.nextPid() });
    } else if (waits.has(who)) {
      const { lock: wanted, n } = waits.get(who) as { lock: Resource; n: number };
      if (held.has(wanted)) continue;
      waits.delete(who);
      const ticket = bump(tickets, wanted);
      held.set(wanted, { who, ticket });
      who.acquire(wanted, ticket, '/app/main.ts:50', { value: n }).endWait(n);
    } else if (chance < 0.45) {
      const holder = held.get(lock);
      if (holder === undefined) {
        const ticket = bump(tickets, lock);
        held.set(lock, { who, ticket });
        who.acquire(lock, ticket, '/app/main.ts:40');
      } else if (holder.who === who || next() < 0.1) {
        held.delete(lock);
        who.release(lock, holder.ticket);
      } else {
        waits.set(who, {
          lock,
          n: who.wait('waitAcquire', lock, { sync: next() < 0.5, site: '/app/main.ts:50' }),
        });
      }
    } else if (chance < 0.7) {
      who.on('send', queue, {
        n: bump(sent, queue),
        value: Math.floor(next() * 100),
        site: '/app/main.ts:60',
      });
    } else if (chance < 0.9) {
      if ((received.get(queue) ?? 0) < (sent.get(queue) ?? 0))
        who.on('receive', queue, { n: bump(received, queue) });
    } else if (chance < 0.95) {
      who.quiescent(Math.floor(next() * 2), 0);
    } else if (chance < 0.97 && who !== main && !waits.has(who)) {
      who.exit(0);
      actors.splice(actors.indexOf(who), 1);
    } else {
      t.observe({ type: 'sample', time: t.tick(), pid: who.pid, cpu: step, memory: step });
    }
  }
  if (next() < 0.3) t.observe({ type: 'killed', time: t.tick(), reason: 'test' });
  t.observe({ type: 'end', time: t.tick() });
  return t;
}

function keyOf(item: Item): string {
  return 'stream' in item ? item.stream.stream : 'session';
}

/** Another order in which a reader may feed: records by time, definitions at any moment before the records behind them. */
function interleave(items: readonly Item[], next: Random): Item[] {
  const queues = new Map<string, Item[]>();
  for (const item of items) queues.set(keyOf(item), [...(queues.get(keyOf(item)) ?? []), item]);
  const order: Item[] = [];
  while (queues.size > 0) {
    const heads = [...queues.values()].map((queue) => queue[0] as Item);
    const records = heads.filter((item) => !('def' in item));
    // A definition that is not fed yet has the time of the records behind it.
    const first = Math.min(...heads.map((item) => item.time));
    const ready = heads.filter((item) => 'def' in item || (item.time === first && records.includes(item)));
    const chosen = ready[Math.floor(next() * ready.length)] as Item;
    const queue = queues.get(keyOf(chosen)) as Item[];
    queue.shift();
    if (queue.length === 0) queues.delete(keyOf(chosen));
    order.push(chosen);
  }
  return order;
}

function reportOf(t: TraceBuilder, items?: readonly Item[]): Report {
  const model = t.feed(new Model(), items);
  return makeReport(model, model.lastTime + 60e9);
}

describe('order of feeding', () => {
  it('does not change the report, whichever stream comes first', () => {
    let findings = 0;
    for (let seed = 0; seed < 60; seed++) {
      const next = random(seed);
      const t = program(next);
      const expected = reportOf(t);
      findings += expected.findings.length;
      for (let round = 0; round < 5; round++) {
        assert.deepEqual(reportOf(t, interleave(t.items, next)), expected, `seed ${seed}`);
      }
    }
    assert.ok(findings > 20, 'the programs get into trouble often enough to mean something');
  });

  it('does not change when the model is asked in between', () => {
    for (let seed = 100; seed < 120; seed++) {
      const next = random(seed);
      const t = program(next);
      const model = new Model();
      for (let i = 0; i < t.items.length; i += 7) {
        t.feed(model, t.items.slice(i, i + 7));
        model.findings();
        model.processes();
        model.resources();
      }
      assert.deepEqual(makeReport(model, model.lastTime + 60e9), reportOf(t), `seed ${seed}`);
    }
  });

  it('of whole streams one after another keeps tree, counts, pairs and holders', () => {
    for (let seed = 200; seed < 230; seed++) {
      const next = random(seed);
      const t = program(next);
      const groups = new Map<string, Item[]>();
      for (const item of t.items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
      const killed = t.items.some((item) => 'observation' in item && item.observation.type === 'killed');
      if (killed) continue;
      const shuffled = [...groups.values()].sort(() => next() - 0.5).flat();
      const essence = ({ processes, channels, resources }: Report) => ({
        processes: processes.map(({ id, parent, name, state }) => ({ id, parent, name, state })),
        channels,
        resources: resources.map(({ holders, waiters, acquisitions, contended, waitNs }) => ({
          holders,
          waiters,
          acquisitions,
          contended,
          waitNs,
        })),
      });
      assert.deepEqual(essence(reportOf(t, shuffled)), essence(reportOf(t)), `seed ${seed}`);
    }
  });
});
