// Subclasses, start methods, logging, and odd starts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as api from 'forkscope';
import {
  activeChildren,
  getAllStartMethods,
  getContext,
  getLogger,
  getStartMethod,
  isMain,
  LOG_LEVELS,
  Manager,
  Pipe,
  Pool,
  Process,
  Queue,
  setStartMethod,
} from 'forkscope';
import { check, finish, started, thrown, until } from './harness.ts';
import {
  closeInput,
  exitWith,
  nested,
  nothing,
  Prepared,
  poolInside,
  throwIt,
  Upper,
} from './process-targets.ts';

const others: Readonly<Record<string, () => unknown>> = {
  async 'WithProcessesTestSubclassingProcess.test_subclassing'() {
    const [ours, theirs] = Pipe<string>();
    const upper = new Upper(theirs);
    await upper.start();
    theirs.close();
    await ours.send('hello');
    assert.equal(await ours.recv(), 'HELLO');
    await ours.send('world');
    assert.equal(await ours.recv(), 'WORLD');
    ours.close();
    await upper.join();
    assert.equal(upper.exitCode, 0);
  },
  'WithProcessesTestSubclassingProcess.test_stderr_flush'() {
    const { status, stderr } = spawnSync(
      process.execPath,
      [...process.execArgv, process.argv[1] ?? '', 'throw'],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 1);
    assert.match(stderr, /RangeError: told on stderr[\s\S]*throwIt.*process-targets\.ts/);
  },
  async 'WithProcessesTestSubclassingProcess.test_sys_exit'() {
    for (const [codes, expected] of [
      [[], 0],
      [[0], 0],
      [[1], 1],
      [[8], 8],
    ] as const) {
      const p = await started(new Process({ target: exitWith, args: [...codes] }));
      await p.join();
      assert.equal(p.exitCode, expected);
    }
  },
  'TestStartMethod.test_context'() {
    const context = getContext('spawn');
    assert.equal(context.getStartMethod(), 'spawn');
    const own = [context.Process, context.Queue, context.Pool, context.Manager];
    assert.deepEqual(own, [Process, Queue, Pool, Manager]);
  },
  'TestStartMethod.test_context_check_module_types'() {
    assert.throws(() => getContext('nonexistent' as never), { name: 'ValueError' });
    assert.throws(() => getContext('fork' as never), { name: 'ValueError' });
  },
  'TestStartMethod.test_set_get'() {
    setStartMethod('spawn', { force: true });
    assert.equal(getStartMethod(), 'spawn');
    assert.throws(() => setStartMethod('spawn'), { name: 'RuntimeError' });
    setStartMethod(null, { force: true });
  },
  'TestStartMethod.test_get_all': () => assert.deepEqual(getAllStartMethods(), ['spawn']),
  async 'TestStartMethod.test_nested_startmethod'() {
    const results = new Queue<unknown>();
    const p = await started(new Process({ target: nested, args: [results] }));
    assert.equal(await results.get(), 'in a child');
    assert.equal(((await results.get()) as unknown[])[0], 'spawn');
    await p.join();
  },
  'WithProcessesTestImportStar.test_import'() {
    for (const name of Object.keys(api)) assert.ok(name in api);
  },
  'WithProcessesTestLogging.test_enable_logging'() {
    const logger = getLogger();
    const { level } = logger;
    logger.setLevel('DEBUG');
    logger.debug('this is written nowhere');
    logger.setLevel(level as never);
  },
  async 'WithProcessesTestLogging.test_level'() {
    const logger = getLogger();
    const { level } = logger;
    logger.setLevel('ERROR');
    const results = new Queue<unknown>();
    const p = await started(new Process({ target: nested, args: [results] }));
    await results.get();
    assert.deepEqual((await results.get()) as unknown[], ['spawn', logger.level]);
    await p.join();
    assert.ok(Object.keys(LOG_LEVELS).includes('ERROR'));
    logger.setLevel(level as never);
  },
  async 'TestStdinBadfiledescriptor.test_queue_in_process'() {
    const results = new Queue<unknown>();
    const p = await started(new Process({ target: nested, args: [results] }));
    assert.equal(await results.get(), 'in a child');
    await p.join();
  },
  async 'TestStdinBadfiledescriptor.test_flushing'() {
    const results = new Queue<unknown>();
    const p = await started(new Process({ target: closeInput, args: [results] }));
    assert.equal(await results.get(), 'without stdin');
    await p.join();
    assert.equal(p.exitCode, 0);
  },
  async 'TestStdinBadfiledescriptor.test_pool_in_process'() {
    const results = new Queue<unknown>();
    const p = await started(new Process({ target: poolInside, args: [results] }));
    assert.notEqual(await results.get(), undefined);
    await p.join();
  },
  'TestNoForkBomb.test_noforkbomb'() {
    const file = new URL('../../runtime/programs/unguarded.ts', import.meta.url).pathname;
    assert.equal(existsSync(file), true);
    const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, file], {
      encoding: 'utf8',
    });
    assert.match(`${stdout}${stderr}${status}`, /BootstrapError/);
  },
  async 'TestCloseFds.test_closefd'() {
    const [reader, writer] = Pipe<string>(false);
    const p = await started(new Process({ target: nothing }));
    writer.close();
    assert.equal(await thrown(() => reader.recv()), 'EOFError', 'the child has no copy of the end');
    await p.join();
  },
  'MiscTestCase.test__all__'() {
    for (const name of [
      'Process',
      'Queue',
      'Pipe',
      'Lock',
      'RLock',
      'Semaphore',
      'BoundedSemaphore',
      'Condition',
      'Event',
      'Barrier',
      'Value',
      'Array',
      'RawValue',
      'RawArray',
      'Pool',
      'Manager',
      'JoinableQueue',
      'SimpleQueue',
      'TimeoutError',
      'BufferTooShort',
    ])
      assert.ok(name in api, name);
  },
  async 'TestInitializers.test_manager_initializer'() {
    assert.equal(await thrown(() => new Prepared().start(1 as never)), 'TypeError');
    const manager = await Manager();
    await manager.shutdown();
  },
};

if (isMain(import.meta)) {
  void (async () => {
    if (process.argv[2] === 'throw') {
      const p = await started(new Process({ target: throwIt, args: ['told on stderr'] }));
      await p.join();
      process.exit(p.exitCode ?? 0);
    }
    for (const [name, body] of Object.entries(others)) await check(name, body);
    await until(() => activeChildren().length === 0);
    await finish();
  })();
}
