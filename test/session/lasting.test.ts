import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/model/index.ts';
import { LastingFindings } from '../../src/session/tail/lasting.ts';

const finding = (id: string, certainty: Finding['certainty'] = 'certain'): Finding =>
  ({ id, certainty }) as unknown as Finding;

test('a finding lasts when every look for the given time had it, with the same certainty', () => {
  const lasting = new LastingFindings(250);
  const deadlock = finding('deadlock');
  lasting.look([deadlock, finding('other', 'suspected')], 0);
  assert.equal(lasting.has(deadlock), false);
  lasting.look([deadlock, finding('other', 'certain')], 200);
  assert.equal(lasting.has(deadlock), false);
  lasting.look([deadlock], 250);
  assert.equal(lasting.has(deadlock), true);
  assert.equal(lasting.has(finding('other')), false);
  lasting.look([], 300);
  lasting.look([deadlock], 600);
  assert.equal(lasting.has(deadlock), false, 'it was gone meanwhile');
});
