// What is said to be proven of the traces that other tests have left in FORKSCOPE_TEST_TRACES: the records bear all of it out.
// `npm test -- --verify` runs it after the tests; it is no test of its own.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeReport } from '../../src/model/report/index.ts';
import type { Report } from '../../src/model/types/index.ts';
import { Session, UserError } from '../../src/session/index.ts';
import { TraceError } from '../../src/trace/index.ts';
import { verifyReport } from '../../src/verify/index.ts';

const FOLDER = process.env.FORKSCOPE_TEST_TRACES ?? '';

/** `undefined`: it is none, on purpose, and says so. */
function reportOf(dir: string): Report | undefined {
  try {
    return Session.read(dir, { timeline: false }, ({ model, now }) => makeReport(model, now));
  } catch (error) {
    if (error instanceof UserError || error instanceof TraceError) return undefined;
    throw error;
  }
}

test('every proof in the traces of the tests is confirmed', () => {
  const names = readdirSync(FOLDER);
  const kinds = new Map<string, number>();
  const refused: string[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    const dir = path.join(FOLDER, name);
    const report = reportOf(dir);
    if (report === undefined) {
      unreadable.push(name);
      continue;
    }
    for (const { finding, doubts } of verifyReport(dir, report)) {
      kinds.set(finding.kind, (kinds.get(finding.kind) ?? 0) + 1);
      refused.push(...doubts.map((doubt) => `${name}: ${finding.kind}: ${doubt}`));
    }
  }
  const proven = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  const each = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} ${count}`);
  console.log(`${unreadable.length} traces that a test broke: ${unreadable.join(', ')}`);
  console.log(`${names.length} traces, ${proven} proofs: ${each.join(', ')}`);
  assert.deepEqual(refused, []);
  assert.ok(proven > 0, 'no trace has a proof');
});
