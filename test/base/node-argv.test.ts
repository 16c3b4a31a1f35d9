import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptOf } from '../../src/base/node-argv.ts';

test('the script of a command line of Node is no value of an option', () => {
  const cases: readonly [string, string | undefined][] = [
    ['node server.js --port 80', 'server.js'],
    ['/usr/bin/node --require ./shim.cjs --enable-source-maps app/main.ts', 'app/main.ts'],
    ['C:\\node\\node.exe -r tsx/cjs -C development main.mts', 'main.mts'],
    ['node --env-file=.env --import tsx a.ts b.ts', 'a.ts'],
    ['node -e work() one', undefined],
    ['node --version', undefined],
    ['python3 server.js', undefined],
    ['', undefined],
  ];
  for (const [line, script] of cases) assert.equal(scriptOf(line.split(' ')), script, line);
});
