// `forkscope verify`: confirms what a trace bears out, refuses what it does not, and takes no report for granted.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Report } from '../../src/model/types/index.ts';
import { ROOT, scratch } from '../session/support.ts';
import { cli } from './support.ts';

const TRACE = path.join(ROOT, 'test/fixtures/traces/v1-deadlock');

async function said(t: TestContext, ...args: string[]) {
  const ran = cli(t, args);
  const { code } = await ran.ended;
  return { code, out: ran.out(), err: ran.err() };
}

async function verified(t: TestContext, report: unknown) {
  const file = path.join(scratch(t), 'report.json');
  writeFileSync(file, typeof report === 'string' ? report : JSON.stringify(report));
  return said(t, 'verify', TRACE, '--report', file);
}

async function reportOf(t: TestContext): Promise<Report> {
  return JSON.parse((await said(t, 'report', TRACE, '--json')).out);
}

test('the proof of a saved deadlock is confirmed, as found now and as a report has it', async (t) => {
  const { code, out } = await said(t, 'verify', TRACE);
  assert.match(out, /^confirmed {2}lock-cycle: .*\n1 proven, 1 confirmed, 0 refused\n$/);
  assert.equal(code, 0);
  assert.equal((await verified(t, await reportOf(t))).out, out);
});

test('a report that names other members is refused, and nothing of it is obeyed by a terminal', async (t) => {
  const report = await reportOf(t);
  const hostile = '\u001b]0;mine\u0007\r\u202e';
  const findings = report.findings.map((finding) => ({
    ...finding,
    title: `${hostile}${finding.title}`,
    proof: finding.proof && {
      ...finding.proof,
      members: finding.proof.members.map((member) => ({ ...member, thread: `${hostile}none` })),
    },
  }));
  const { code, out } = await verified(t, { ...report, findings });
  assert.equal(code, 5);
  assert.match(
    out,
    /^refused {2}lock-cycle: .*\n {2}• .*none: there is no such thread\n {2}• it has no members\n1 proven, 0 confirmed, 1 refused\n$/,
  );
  for (const character of ['\u001b', '\u0007', '\r', '\u202e'])
    assert.ok(!out.includes(character), JSON.stringify(out));
});

test('what is no report is refused in words', async (t) => {
  const report = await reportOf(t);
  const [finding] = report.findings;
  const wrong = [
    'no JSON',
    '[]',
    { ...report, processes: undefined },
    { ...report, findings: [{ ...finding, proof: {} }] },
    { ...report, findings: [{ ...finding, proof: { time: 1, members: [{ process: 'a' }] } }] },
  ];
  for (const content of wrong) {
    const { code, out, err } = await verified(t, content);
    assert.deepEqual([code, out], [2, ''], err);
    assert.match(
      err,
      /^forkscope: .* is no report that can be read: [^\n]*; give the file of forkscope report --json\n$/,
    );
  }
  const missing = await said(t, 'verify', TRACE, '--report', '/nonexistent.json');
  assert.equal(missing.code, 2);
  assert.match(missing.err, /^forkscope: \/nonexistent\.json is no report that can be read: /);
});
