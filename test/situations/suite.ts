import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Situation } from './list.ts';
import { compare, missing, programs, publicNode } from './run.ts';

/** A test for each situation: the program does under trace what it does without, and the tool says nothing that is not so. */
export function compareAll(title: string, situations: readonly Situation[]): void {
  describe(title, { skip: process.platform !== 'linux' && 'shell commands of Linux' }, () => {
    let place: Awaited<ReturnType<typeof programs>>;
    let own: ReturnType<typeof publicNode>;
    before(async () => {
      own = publicNode();
      place = await programs(situations.some(({ needs }) => needs?.includes('packages')));
    });
    after(() => {
      own.remove();
      place.remove();
    });
    for (const situation of situations) {
      const lacking = missing(situation.needs);
      test(situation.name, { skip: lacking ?? false }, async () => {
        const { plain, traced, report } = await compare(situation, own.node, place.folder);
        assert.doesNotMatch(plain.stderr, /DID NOT END/);
        assert.deepEqual(traced, plain);
        if (report.processes.some(({ instrumented, name }) => !instrumented && /^node\b/.test(name)))
          assert.equal(report.exact, false, 'exact, though a Node has no stream');
      });
    }
  });
}
