import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { SETTING_DEFAULTS } from '../../src/extension/workbench/contributions.ts';
import {
  CHOICES,
  RANGES,
  settingProblems,
  validSettings,
} from '../../src/extension/workbench/setting-values.ts';

const manifest = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8'));
const properties: Record<string, { enum?: unknown; minimum?: number; maximum?: number }> =
  manifest.contributes.configuration.properties;

test('values of other kinds, and choices that there are not, are the defaults', () => {
  assert.deepEqual(validSettings({}), SETTING_DEFAULTS);
  const wrong = Object.fromEntries(Object.keys(SETTING_DEFAULTS).map((name) => [name, ['huge']]));
  assert.deepEqual(validSettings(wrong), SETTING_DEFAULTS);
  assert.deepEqual(validSettings({ callSites: 'bogus', maxStreamSize: 'huge' }), SETTING_DEFAULTS);
});

test('numbers are brought into their range, and made whole', () => {
  const { keepTraces, maxStreamSize, refreshInterval } = validSettings({
    keepTraces: -3,
    maxStreamSize: 7.6,
    refreshInterval: 1e9,
  });
  assert.deepEqual([keepTraces, maxStreamSize, refreshInterval], [0, 8, 60000]);
});

test('what is allowed is taken', () => {
  const given = { onDeadlock: 'kill', traceStdio: false, runtimeExecutable: ' /opt/node ' };
  assert.deepEqual(validSettings(given), {
    ...SETTING_DEFAULTS,
    onDeadlock: 'kill',
    traceStdio: false,
    runtimeExecutable: '/opt/node',
  });
});

test('findings and thresholds that there are not are left out, and said', () => {
  const given = {
    'findings.disabled': ['lock-cycle', 'lock-circle'],
    'findings.thresholds': { 'lock-cycle.suspectAfter': 2000, 'lock-cycle.patience': 1, suspectAfter: -1 },
  };
  const valid = validSettings(given);
  assert.deepEqual(valid['findings.disabled'], ['lock-cycle']);
  assert.deepEqual(valid['findings.thresholds'], { 'lock-cycle.suspectAfter': 2000 });
  const problems = settingProblems(given);
  assert.equal(problems.length, 3);
  assert.match(problems[0] ?? '', /there is no finding “lock-circle”; there are: .*lock-cycle/);
  assert.match(problems[1] ?? '', /lock-cycle has no threshold “patience”; it has: lock-cycle\.suspectAfter/);
  assert.match(problems[2] ?? '', /“-1” is not a value for suspectAfter/);
  assert.deepEqual(settingProblems(valid as unknown as Record<string, unknown>), []);
});

test('choices and ranges are those of the manifest', () => {
  const enums = Object.entries(properties).flatMap(([name, property]) =>
    property.enum === undefined ? [] : [[name.replace('forkscope.', ''), property.enum]],
  );
  assert.deepEqual(Object.fromEntries(enums), CHOICES);
  const ranges = Object.entries(properties).flatMap(([name, { minimum, maximum }]) =>
    minimum === undefined ? [] : [[name.replace('forkscope.', ''), [minimum, maximum]]],
  );
  assert.deepEqual(Object.fromEntries(ranges), RANGES);
});
