import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Finding, Model } from '../../src/model/index.ts';
import { type Resource, TraceBuilder } from './builder.ts';

function find(s: { t: TraceBuilder }, afterMs = 0): readonly Finding[] {
  const model = s.t.feed(new Model());
  return model.findings(model.lastTime + afterMs * 1e6).filter((finding) => finding.blocking);
}

describe('a deadlock of many', () => {
  it('is one finding, quickly, with everybody in it', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const forks = Array.from({ length: 300 }, (_, i) => t.lock(`fork ${i}`));
    main.create(...forks);
    const eaters = forks.map((_, i) =>
      main.start(`philosopher ${i}`).open(...forks.slice(i), ...forks.slice(0, 1)),
    );
    eaters.forEach((eater, i) => {
      eater.acquire(forks[i] as Resource, 1);
      main.join(eater);
    });
    eaters.forEach((eater, i) => {
      eater.wait('waitAcquire', forks[(i + 1) % forks.length] as Resource, { sync: true });
    });
    main.quiescent();
    const [finding, ...rest] = find({ t });
    assert.equal(rest.length, 0);
    assert.equal(finding?.certainty, 'certain');
    assert.equal(finding?.chain.length, 300);
    for (const [i, link] of (finding?.chain ?? []).entries()) {
      const next = finding?.chain[(i + 1) % 300];
      assert.ok(link.blockedBy.some((by) => by.process === next?.process));
    }
  });
});
