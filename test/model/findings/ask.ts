import assert from 'node:assert/strict';
import { type Finding, Model } from '../../../src/model/index.ts';
import type { TraceBuilder } from '../builder.ts';

/** Findings of a trace, asked `afterMs` after its last record. */
export function find(t: TraceBuilder, afterMs = 0): readonly Finding[] {
  const model = t.feed(new Model());
  return model.findings(model.lastTime + afterMs * 1e6);
}
/** Exactly one finding, and this one. */
export function only(
  t: TraceBuilder,
  kind: Finding['kind'],
  certainty: Finding['certainty'],
  afterMs = 0,
): Finding {
  const found = find(t, afterMs);
  assert.deepEqual(
    found.map((finding) => `${finding.kind} ${finding.certainty}`),
    [`${kind} ${certainty}`],
  );
  const [finding] = found;
  assert.ok(finding);
  assert.ok(finding.title !== '' && finding.explanation !== '' && finding.fix !== '');
  assert.ok(!/undefined|\[object|NaN/.test(finding.title + finding.explanation + finding.fix));
  return finding;
}
export function none(t: TraceBuilder, afterMs = 0): void {
  assert.deepEqual(
    find(t, afterMs).map((finding) => finding.title),
    [],
  );
}
/** `role line` of each place. */
export function places(finding: Finding): string[] {
  return finding.sites.map((site) => `${site.role} ${site.line}`).sort();
}
/** Long enough for whatever is only suspected. */
export const LONG = 60_000;
/** Long enough for conclusions from a death. */
export const SETTLED = 1500;
