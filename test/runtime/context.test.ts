import assert from 'node:assert/strict';
import os from 'node:os';
import { before, test } from 'node:test';
import * as forkscope from '../../src/runtime/index.ts';
import { run } from './run-program.ts';

const { cpuCount, freezeSupport, getAllStartMethods, getContext, getLogger, getStartMethod, setStartMethod } =
  forkscope;

let seen: Record<string, unknown> = {};
let stderr = '';
before(async () => {
  const result = await run('context.ts');
  stderr = result.stderr;
  seen = Object.assign({}, ...result.lines.map((line) => JSON.parse(line) as object)) as typeof seen;
});

/** Python's `multiprocessing.__all__`, in TypeScript's spelling where that differs. */
const NAMES =
  `Array AuthenticationError Barrier BoundedSemaphore BufferTooShort Condition Event JoinableQueue Lock Manager
  Pipe Pool Process Queue RLock RawArray RawValue Semaphore SimpleQueue TimeoutError Value activeChildren cpuCount
  currentProcess freezeSupport getAllStartMethods getContext getLogger getStartMethod logToStderr parentProcess setExecutable
  setStartMethod SharedMemory ShareableList SharedMemoryManager Listener Client wait Connection ProcessPoolExecutor`.split(
    /\s+/,
  );

test('[row 202] every name of the Python module exists', () => {
  const missing = NAMES.filter((name) => typeof (forkscope as Record<string, unknown>)[name] !== 'function');
  assert.deepEqual(missing, []);
});

test('[row 198] a context has the whole API; unknown methods and fork are refused', () => {
  const context = getContext('spawn');
  assert.deepEqual(
    NAMES.filter((name) => typeof (context as unknown as Record<string, unknown>)[name] !== 'function'),
    [],
  );
  assert.equal(getContext(), context);
  assert.equal(context.Lock, forkscope.Lock);
  assert.equal(context.getContext(), context);
  for (const method of ['fork', 'forkserver']) {
    assert.throws(() => getContext(method as 'spawn'), {
      name: 'ValueError',
      message: /cannot be forked; use 'spawn'/,
    });
    assert.throws(() => setStartMethod(method as 'spawn', { force: true }), { name: 'ValueError' });
  }
  assert.throws(() => getContext('unknown' as 'spawn'), {
    name: 'ValueError',
    message: /cannot find context/,
  });
  assert.deepEqual(getAllStartMethods(), ['spawn']);
});

test('[row 198] the start method is set once, or by force', () => {
  setStartMethod(null, { force: true });
  assert.equal(getStartMethod({ allowNone: true }), null);
  setStartMethod('spawn');
  assert.throws(() => setStartMethod('spawn'), {
    name: 'RuntimeError',
    message: 'context has already been set',
  });
  setStartMethod('spawn', { force: true });
  assert.equal(getStartMethod(), 'spawn');
});

test('[row 199] a child has the same start method', () => {
  assert.equal(seen[199], 'spawn');
});

test('[row 200] the logger: its name, no propagation, levels that children inherit, lines on stderr', () => {
  const logger = getLogger();
  assert.deepEqual(
    [logger.name, logger.propagate, logger.getEffectiveLevel()],
    ['multiprocessing', false, 30],
  );
  const records: string[] = [];
  const handler = (record: forkscope.LogRecord): void =>
    void records.push(`${record.levelName} ${record.message}`);
  logger.addHandler(handler);
  logger.setLevel('DEBUG');
  logger.debug('count %d', 3);
  logger.setLevel('ERROR');
  logger.warning('not this');
  logger.error('this');
  logger.removeHandler(handler);
  logger.critical('nobody hears');
  logger.setLevel('NOTSET');
  assert.deepEqual(records, ['DEBUG count 3', 'ERROR this']);
  assert.throws(() => logger.setLevel('LOUD' as 'INFO'), { name: 'ValueError' });
  assert.deepEqual([seen.silent, seen[200]], [30, 20]);
  assert.match(stderr, /^\[INFO\/Reporter\] child process calling run\(\)$/m);
  assert.match(stderr, /^\[INFO\/Reporter\] said by the child$/m);
  assert.match(stderr, /^\[INFO\/Reporter\] process exiting with exitcode 0$/m);
  assert.equal(stderr.match(/said by the child/g)?.length, process.platform === 'win32' ? 1 : 2);
});

test('[row 6] an authkey is inherited, changed for one child, or for all that come', () => {
  assert.deepEqual([seen.inherited, seen.length], [true, 32]);
  assert.equal(seen.own, Buffer.from('own key').toString('hex'));
  assert.equal(seen.changed, Buffer.from('changed').toString('hex'));
  assert.throws(() => Object.assign(new forkscope.Process(), { authkey: 'text' }), TypeError);
});

test('[row 39] setExecutable chooses the binary of children', { skip: process.platform === 'win32' }, () => {
  assert.equal(seen[39], 'wrapped');
  assert.throws(() => forkscope.setExecutable(''), TypeError);
});

test('[rows 48, 49] cpuCount counts processors, freezeSupport does nothing', () => {
  assert.equal(cpuCount(), os.cpus().length);
  assert.equal(freezeSupport(), undefined);
});

test('[row 197] a lock at module level, made again in every child, leaks nothing and disturbs nobody', () => {
  assert.doesNotMatch(stderr, /leak/i);
});
