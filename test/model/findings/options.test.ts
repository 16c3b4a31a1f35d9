import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inOrder } from '../../../src/model/findings/kit/rule.ts';
import { findingOptions, Model, RULES } from '../../../src/model/index.ts';
import { TraceBuilder } from '../builder.ts';

/** A circle of two locks in threads that run: suspected after a while. */
function circle(): TraceBuilder {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const [a, b] = [t.lock('A'), t.lock('B')];
  main.create(a, b);
  const one = main.start('one', { pid: 11 }).open(a, b);
  const two = main.start('two', { pid: 12 }).open(a, b);
  one.acquire(a, 1).wait('waitAcquire', b);
  two.acquire(b, 1).wait('waitAcquire', a);
  return t;
}

function found(disabled: readonly string[], thresholds: Record<string, number>, afterMs: number): string[] {
  const model = circle().feed(new Model(findingOptions(disabled, thresholds)));
  return model.findings(model.lastTime + afterMs * 1e6).map(({ kind }) => kind);
}

describe('options of findings', () => {
  it('switch a kind off', () => {
    assert.deepEqual(found([], {}, 6000), ['lock-cycle']);
    assert.deepEqual(found(['lock-cycle'], {}, 6000), []);
  });

  it('set the threshold of one kind, or that of all', () => {
    assert.deepEqual(found([], {}, 3000), []);
    assert.deepEqual(found([], { 'lock-cycle.suspectAfter': 2000 }, 3000), ['lock-cycle']);
    assert.deepEqual(found([], { 'pipe-no-eof.suspectAfter': 2000 }, 3000), []);
    assert.deepEqual(found([], { suspectAfter: 2000 }, 3000), ['lock-cycle']);
    assert.deepEqual(found([], { suspectAfter: 10_000 }, 6000), []);
  });

  it('that name what there is not are refused with what there is', () => {
    assert.throws(
      () => findingOptions(['lock-circle'], {}),
      /no finding “lock-circle”; there are: .*lock-cycle/,
    );
    assert.throws(() => findingOptions([], { 'stdout-not-drained.cpu': 1 }), /it has: .*\.busyCpu/);
    assert.throws(() => findingOptions([], { patience: 1 }), /no threshold “patience”/);
    assert.throws(() => findingOptions([], { suspectAfter: Number.NaN }), /must be a number from 0 on/);
  });
});

describe('the order of rules', () => {
  it('puts each after those that it yields to', () => {
    const order = inOrder(RULES);
    assert.equal(order.length, RULES.length);
    for (const [at, { kind, yieldsTo = [] }] of order.entries())
      for (const first of yieldsTo)
        assert.ok(order.findIndex((rule) => rule.kind === first) < at, `${kind} yields to ${first}`);
  });

  it('refuses a circle', () => {
    const [one, two] = RULES;
    assert.ok(one && two);
    const circular = [
      { ...one, yieldsTo: [two.kind] },
      { ...two, yieldsTo: [one.kind] },
    ];
    assert.throws(() => inOrder(circular), /yield in a circle/);
  });
});
