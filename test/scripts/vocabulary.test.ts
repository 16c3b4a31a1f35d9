// What has its words in the vocabulary gets no second ones: each way of doing so is noticed, and what only looks so is not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownWords, problemsIn, vocabularyProblems } from '../../scripts/vocabulary.mjs';

const known = knownWords();
const problems = (text: string): readonly string[] => problemsIn('src/cli/example.ts', text, known);

describe('the vocabulary', () => {
  it('is the only place that puts kinds into words', () => {
    assert.deepEqual(vocabularyProblems(), []);
  });

  it('notices a phrase of its own elsewhere', () => {
    for (const text of [
      'const a = `exit code ${code}`;',
      'const a = `${who} was killed by ${signal}`;',
      "const a = 'bounded semaphore';",
      "const a = l10n.t('ended');",
      "const a = t('waits for {0}, held by {1}', lock, who);",
    ])
      assert.equal(problems(text).length, 1, text);
  });

  it('notices tables and switches that put kinds into words again', () => {
    for (const text of [
      "const WORDS = { waitJoin: 'joins', waitSend: 'sends' };",
      'const WORDS = { waitJoin: (who) => `joins ${who}` };',
      "function f(k) { switch (k) { case 'waitJoin': case 'waitChild': return `joins ${k}`; default: return ''; } }",
      "function f(k) { switch (k) { case KIND.waitJoin: return t('joins'); } }",
      "const WORDS = { lock: 'a lock', rlock: 'an RLock', pool: 'a pool' };",
    ])
      assert.equal(problems(text).length, 1, text);
  });

  it('lets be what is no second wording', () => {
    for (const text of [
      "const ICONS = { waitAcquire: { id: 'lock' }, waitJoin: { id: 'clockface' } };",
      "const state = 'ended';",
      "switch (k) { case 'waitJoin': return 3; }",
      "const options = { lock: 'x.lock', name: 'y' };",
    ])
      assert.deepEqual(problems(text), [], text);
  });
});
