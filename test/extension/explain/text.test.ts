import assert from 'node:assert/strict';
import test from 'node:test';
import { explanationText } from '../../../src/extension/explain/text.ts';
import { inspectionOf } from '../../../src/extension/inspect/inspection.ts';
import { findingView } from '../../views.ts';

const same = (id: string) => id;
const around = { dir: '/t', lastTime: 2e9, live: true, process: same, thread: same };

test('what a program calls its things is text, not Markdown', () => {
  const finding = findingView({
    title: '<script>alert(1)</script> waits for lock [x](http://evil) `y`',
    explanation: '![image](http://evil/i.png)\n# Not a heading',
    sites: [
      {
        ...{ file: '/app/a_b_.ts', line: 3, column: 1, fn: '', sampled: false, frames: [] },
        ...{ role: 'created', process: '*p*', thread: 't', resource: null, time: 1 },
      },
    ],
  });
  const text = explanationText(inspectionOf(finding, around), finding.kind, ({ file }) => `file://${file}`);
  assert.match(text, /^# \\<script\\>alert\\\(1\\\)/);
  assert.doesNotMatch(text, /^# Not|(?<!\\)!\[|(?<!\\)\[x/m);
  assert.match(text, /^- \[a\\_b\\_\\\.ts\\:3\]\(<file:\/\/\/app\/a_b_\.ts>\): .*\\\*p\\\*/m);
});

test('a line that leads nowhere is told without a link', () => {
  const finding = findingView({
    sites: [
      {
        ...{ file: 'node:fs', line: 3, column: 1, fn: '', sampled: false, frames: [] },
        ...{ role: 'created', process: 'p', thread: 't', resource: null, time: 1 },
      },
    ],
  });
  const text = explanationText(inspectionOf(finding, around), finding.kind, () => '');
  assert.match(text, /^- node\\:fs\\:3: /m);
});
