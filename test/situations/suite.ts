import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Situation } from './list.ts';
import { compare, type Ended, missing, programs, publicNode } from './run.ts';

/** A test for each situation: the program does under trace what it does without, and the tool says nothing that is not so. */
export function compareAll(title: string, situations: readonly Situation[]): void {
  describe(title, { concurrency: 2, skip: process.platform !== 'linux' && 'shell commands of Linux' }, () => {
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
        assert.deepEqual(without(traced, situation), without(plain, situation));
        const failed = report.problems.filter(({ code }) => code.startsWith('shim-'));
        if (failed.length > 0) assert.equal(report.exact, false, 'exact, though a probe failed');
      });
    }
  });
}

function without(ended: Ended, { known }: Situation): Ended {
  if (known === undefined) return ended;
  const { stdout, stderr } = ended;
  return { ...ended, stdout: stdout.replace(known.what, ''), stderr: stderr.replace(known.what, '') };
}
