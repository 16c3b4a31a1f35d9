import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { Finding, Report } from '../../src/model/index.ts';
import { findingsText } from '../../src/session/export/index.ts';

const ROOT = path.resolve('some', 'checkout');
const OPTIONS = { redact: false, root: ROOT, version: '1.2.3' };

function siteAt(file: string, line: number): Finding['sites'][number] {
  const frame = { file, line, column: 3, fn: 'take', async: false, package: '' };
  const caller = { ...frame, line: line + 10, fn: 'main' };
  return {
    ...{ file, line, column: 3, fn: 'take', sampled: false, frames: [frame, caller] },
    ...{ role: 'waits', process: 'p1', thread: 'p1.0', resource: null, time: 0 },
  } as Finding['sites'][number];
}

const finding = {
  id: 'lock-cycle a',
  kind: 'lock-cycle',
  certainty: 'certain',
  blocking: true,
  title: 'a & b <wait>: for, "each other"',
  time: 0,
  processes: ['p1'],
  resources: [],
  sites: [siteAt(path.join(ROOT, 'src', 'a b.ts'), 5), siteAt(path.resolve('elsewhere', 'c.ts'), 7)],
  chain: [],
  explanation: '100 % sure\nsecond line \u0007',
  fix: 'Take them in one order.',
} as unknown as Finding;

function reportOf(findings: readonly Finding[]): Report {
  return { findings, duration: 2_500_000_000, processes: [{ id: 'p1', name: 'a.ts' }] } as unknown as Report;
}

test('SARIF: a result with its rule, its level, and all places relative to the checkout', () => {
  const log = JSON.parse(findingsText(reportOf([finding]), 'sarif', OPTIONS));
  assert.equal(log.version, '2.1.0');
  const [run] = log.runs;
  assert.deepEqual(run.tool.driver.rules, [{ id: 'lock-cycle' }]);
  const [result] = run.results;
  assert.equal(result.level, 'error');
  assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
  const [place] = result.locations;
  assert.deepEqual(place.physicalLocation, {
    artifactLocation: { uri: 'src/a%20b.ts', uriBaseId: 'SRCROOT' },
    region: { startLine: 5, startColumn: 3 },
  });
  assert.match(
    result.relatedLocations[0].physicalLocation.artifactLocation.uri,
    /^file:\/\/.*elsewhere\/c\.ts$/,
  );
  assert.equal(result.stacks.length, 2);
  assert.ok(run.originalUriBaseIds.SRCROOT.uri.endsWith('/'));
});

test('JUnit: a failed test for what is certain, with every character that XML cannot hold replaced', () => {
  const xml = findingsText(reportOf([finding]), 'junit', OPTIONS);
  assert.match(xml, /<testsuites tests="1" failures="1" time="2.500">/);
  assert.match(xml, /name="a &amp; b &lt;wait&gt;: for, &quot;each other&quot;"/);
  assert.ok(!xml.includes('\u0007'));
  assert.match(findingsText(reportOf([]), 'junit', OPTIONS), /tests="1" failures="0"[\s\S]*no findings/);
  const suspected = { ...finding, certainty: 'suspected', blocking: false } as Finding;
  assert.match(findingsText(reportOf([suspected]), 'junit', OPTIONS), /failures="0"[\s\S]*<system-out>/);
});

test('GitHub: one line a finding, whose text cannot end the command or its properties', () => {
  const text = findingsText(reportOf([finding]), 'github', OPTIONS);
  assert.equal(text.split('\n').length, 2);
  assert.match(text, /^::error file=src.a b\.ts,line=5,col=3,title=a & b <wait>%3A for%2C "each other"::/);
  assert.ok(text.includes('100 %25 sure%0Asecond line'));
});
