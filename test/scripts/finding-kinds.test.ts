import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { docsProblems } from '../../scripts/finding-kinds.mjs';
import { FINDING_KINDS, RULES } from '../../src/model/index.ts';

const root = path.join(import.meta.dirname, '../..');
const docs = readFileSync(path.join(root, 'docs/findings.md'), 'utf8');

describe('the rules', () => {
  it('are one for each kind, under the name of the kind', () => {
    assert.deepEqual(
      RULES.map(({ kind }) => kind),
      [...FINDING_KINDS],
    );
  });

  it('have a section each in docs/findings.md, and no other has', () => {
    assert.deepEqual(docsProblems(docs, RULES), []);
  });
});

describe('the check of docs/findings.md', () => {
  const [rule] = RULES.filter(({ kind }) => kind === 'lock-cycle');
  assert.ok(rule);

  it('refuses a rule without a section', () => {
    const problems = docsProblems(docs, [...RULES, { ...rule, kind: 'lock-circle' as typeof rule.kind }]);
    assert.deepEqual(problems, ['docs/findings.md has no section lock-circle']);
  });

  it('refuses a section without a rule', () => {
    const others = RULES.filter(({ kind }) => kind !== rule.kind);
    assert.deepEqual(docsProblems(docs, others), [
      'docs/findings.md has a section lock-cycle, and there is no such rule',
    ]);
  });

  it('refuses another summary, and a threshold that is not told', () => {
    const other = { ...rule, summary: 'Something else.' };
    assert.match(
      docsProblems(docs, [other]).join('\n'),
      /lock-cycle .* does not begin with: Something else\./,
    );
    const threshold = { value: 7, unit: 'count' as const, summary: 'of locks' };
    const limited = { ...rule, thresholds: { most: threshold } };
    assert.match(
      docsProblems(docs, [limited]).join('\n'),
      /lacks the line: - `most` \(7 count\): of locks\./,
    );
  });
});
