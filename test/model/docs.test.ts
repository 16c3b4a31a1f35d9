import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { FINDING_KINDS } from '../../src/model/index.ts';

const root = path.join(import.meta.dirname, '../..');

describe('docs/findings.md', () => {
  it('has a section or a reason for every kind, and no other', () => {
    const text = readFileSync(path.join(root, 'docs/findings.md'), 'utf8');
    const sections = [...text.matchAll(/^## ([a-z]+(?:-[a-z]+)+)$/gm)].map((match) => match[1]);
    const unreported = [...text.matchAll(/^- `([a-z-]+)`: /gm)].map((match) => match[1]);
    assert.deepEqual([...sections, ...unreported].sort(), [...FINDING_KINDS].sort());
  });
});
