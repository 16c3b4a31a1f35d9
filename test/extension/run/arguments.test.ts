import assert from 'node:assert/strict';
import test from 'node:test';
import { joinArguments, splitArguments } from '../../../src/extension/run/arguments.ts';
import { launchArguments } from '../../../src/extension/run/command-line.ts';

test('arguments are split as in a shell', () => {
  const cases: [string, string[]][] = [
    ['', []],
    ['  a  b ', ['a', 'b']],
    [`--name "two words" 'it is' ""`, ['--name', 'two words', 'it is', '']],
    ['a\\ b "c\\"d" \'e\\f\'', ['a b', 'c"d', 'e\\f']],
    ['"C:\\dir\\file"', ['C:\\dir\\file']],
    ['--x="1 2"', ['--x=1 2']],
    ['$HOME *', ['$HOME', '*']],
  ];
  for (const [line, args] of cases) assert.deepEqual(splitArguments(line), args, line);
  assert.throws(() => splitArguments('a "b'), /The quote " is not closed/);
});

test('what is joined splits into the same again', () => {
  const lists = [
    ['a', ''],
    ['two words', '"', "'", '\\', 'C:\\x\\'],
    ['--x=1', 'ä\tb', '\\"'],
  ];
  for (const args of lists) assert.deepEqual(splitArguments(joinArguments(args)), args);
});

test('the script and its arguments come last, so that they are never taken for options', () => {
  const settings = {
    onDeadlock: 'kill',
    callSites: 'all',
    traceStdio: false,
    awaits: true,
    maxStreamSize: 7,
    'findings.disabled': ['lock-cycle'],
    'findings.thresholds': { suspectAfter: 2000 },
  } as const;
  const line = launchArguments({
    cli: 'c.js',
    node: '/n',
    trace: '/t',
    target: ['/s.ts', '--x'],
    settings,
  });
  assert.deepEqual(line.slice(0, 2), ['c.js', 'run']);
  assert.deepEqual(line.slice(-2), ['/s.ts', '--x']);
  const options = line.slice(2, -2).join(' ');
  for (const option of [
    '--trace /t',
    '--node /n',
    '--on-deadlock kill',
    '--call-sites all',
    '--no-stdio',
    '--awaits',
    '--max-stream-size 7',
    '--ignore-finding lock-cycle',
    '--threshold suspectAfter=2000',
    '--hold',
  ]) {
    assert.ok(options.includes(option), option);
  }
});
