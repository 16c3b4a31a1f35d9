import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TSX } from './helpers.ts';
import { follow, type NamedIncident } from './sources-helpers.ts';

const TIMEOUT = { timeout: 240_000 };
type Plain = Partial<NamedIncident>;

/** Runs a program to its end. Incidents without what differs from run to run. */
async function incidentsOf(
  t: Parameters<typeof follow>[0],
  source: string,
  options: Parameters<typeof follow>[3] = {},
): Promise<{ incidents: Plain[]; code: number | null }> {
  const { rests, result } = await follow(t, source, () => false, options);
  assert.deepEqual(rests.damages, []);
  const incidents = rests.incidents.map(({ time: _, stream: __, type: ___, ...incident }) =>
    Object.fromEntries(Object.entries(incident).filter(([, value]) => value !== '')),
  );
  return { incidents, code: result.code };
}

test('a command that does not exist', TIMEOUT, async (t) => {
  const { incidents } = await incidentsOf(
    t,
    `const { spawn } = require('node:child_process');
const child = spawn('no-such-tool', ['a']);
child.on('exit', () => {}).on('error', () => {});`,
  );
  assert.deepEqual(incidents, [
    {
      what: 'spawnFailed',
      message: 'Error: spawn no-such-tool ENOENT',
      code: 'ENOENT',
      child: 'spawn no-such-tool a',
      events: ['error', 'exit'],
      site: 'main.cjs:2',
    },
  ]);
});

test('an exception that nobody catches, with the line that threw it', TIMEOUT, async (t) => {
  const source = `const fail = () => {
  throw new TypeError('no such thing');
};
setTimeout(fail, 1);`;
  const { incidents, code } = await incidentsOf(t, source);
  assert.deepEqual(
    [incidents, code],
    [[{ what: 'uncaughtException', message: 'TypeError: no such thing', site: 'main.cjs:2' }], 1],
  );
  const handled = await incidentsOf(t, `process.on('uncaughtException', () => {});${source}`);
  assert.deepEqual([handled.incidents.length, handled.code], [1, 0]);
});

test('a rejection that nobody handles, in TypeScript', TIMEOUT, async (t) => {
  const { incidents } = await incidentsOf(
    t,
    `interface Row { readonly id: number }


const load = async (row: Row): Promise<void> => {
  await null;
  throw Object.assign(new Error(\`row \${row.id}\`), { code: 'EROW' });
};
load({ id: 3 });`,
    { name: 'main.ts', args: ['--import', TSX] },
  );
  assert.deepEqual(incidents, [
    { what: 'unhandledRejection', message: 'Error: row 3', code: 'EROW', site: 'main.ts:6' },
  ]);
});

test('the error of a worker thread, at its parent and in itself', TIMEOUT, async (t) => {
  const { incidents } = await incidentsOf(
    t,
    `const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) new Worker(__filename).on('error', () => {});
else throw new RangeError('too much');`,
  );
  assert.deepEqual(
    incidents.map(({ what, message, site, child }) => [what, message, site, child]),
    [
      ['uncaughtException', 'RangeError: too much', 'main.cjs:3', undefined],
      ['workerError', 'RangeError: too much', 'main.cjs:3', 'worker'],
    ],
  );
});

test('process.exit with output that nobody has read yet, and a normal end', TIMEOUT, async (t) => {
  const { incidents } = await incidentsOf(
    t,
    `const { spawn } = require('node:child_process');
if (process.argv[2] === 'child') {
  process.stdout.write('x'.repeat(4e6));
  process.exit(3);
} else spawn(process.execPath, [__filename, 'child']).on('exit', () => process.exit(0));`,
  );
  const [child, lost, parent] = incidents;
  assert.deepEqual(child, { what: 'exitCalled', value: 3, site: 'main.cjs:4' });
  assert.deepEqual([lost?.what, lost?.resource, lost?.site], ['unwritten', 'stdio stdout', 'main.cjs:3']);
  assert.ok((lost?.value ?? 0) > 1e6 && (lost?.value ?? 0) < 4e6, `${lost?.value} bytes`);
  assert.deepEqual(parent, { what: 'exitCalled', value: 0, site: 'main.cjs:5' });
  const { incidents: none } = await incidentsOf(t, `console.log('x'); process.exitCode = 2;`);
  assert.deepEqual(none, []);
});

test('a channel that is given up, and a message into it', TIMEOUT, async (t) => {
  const { incidents } = await incidentsOf(
    t,
    `const { fork } = require('node:child_process');
if (process.argv[2] === 'child') process.on('message', () => {});
else {
  const child = fork(__filename, ['child']);
  child.send('go', () => {
    child.disconnect();
    child.send('more', () => {});
  });
}`,
  );
  assert.deepEqual(incidents, [
    { what: 'disconnectCalled', resource: 'ipc to child', site: 'main.cjs:6' },
    {
      what: 'sendFailed',
      message: 'Channel closed',
      code: 'ERR_IPC_CHANNEL_CLOSED',
      resource: 'ipc to child',
      site: 'main.cjs:7',
    },
  ]);
});

test('a message that cannot be sent over IPC', TIMEOUT, async (t) => {
  const { rests, result } = await follow(
    t,
    `const { fork } = require('node:child_process');
if (process.argv[2] !== 'child') {
  const child = fork(__filename, ['child']);
  try {
    child.send({ big: 1n });
  } catch {}
  child.disconnect();
}`,
    () => false,
  );
  assert.equal(result.code, 0);
  assert.deepEqual(rests.rejected, ['main.cjs:5']);
});

test('a worker thread that the program ends, once, with the line', TIMEOUT, async (t) => {
  const { incidents } = await incidentsOf(
    t,
    `const { Worker } = require('node:worker_threads');
const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
worker.on('online', () => {
  void worker.terminate();
  void worker.terminate();
});`,
  );
  const told = incidents.filter(({ what }) => what === 'terminateCalled');
  assert.deepEqual(
    told.map(({ site }) => site),
    ['main.cjs:4'],
  );
});

/** Programs that end with 13, and what is said of it. */
const THIRTEENS: Readonly<Record<string, readonly [source: string, whats: readonly string[]]>> = {
  'in the middle of an await': [
    "process.on('exit', () => {}); await new Promise(() => {});",
    ['unsettledAwait'],
  ],
  'which it has set before the exit': [
    "await 0; process.once('beforeExit', () => {}).on('beforeExit', () => { process.exitCode = 13; });",
    [],
  ],
  'which it sets at the exit': ["await 0; process.on('exit', () => { process.exitCode = 13; });", []],
  'which it has set, in the middle of an await': ['process.exitCode = 13; await new Promise(() => {});', []],
};
for (const [how, [source, whats]] of Object.entries(THIRTEENS)) {
  test(`a program that ends with 13, ${how}`, TIMEOUT, async (t) => {
    const { incidents, code } = await incidentsOf(t, source, { name: 'main.mjs' });
    assert.equal(code, 13);
    assert.deepEqual(
      incidents.map(({ what }) => what),
      whats,
    );
  });
}
