// _TestProcess, _TestSubclassingProcess, and tests of starting: each process is started by the test itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import os from 'node:os';
import * as api from 'forkscope';
import {
  activeChildren,
  BaseManager,
  type Connection,
  cpuCount,
  currentProcess,
  Event,
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
  parentProcess,
  Queue,
  setExecutable,
  setStartMethod,
} from 'forkscope';
import { check, finish, sleep, thrown, timed, until } from './harness.ts';

export async function report(results: Queue<unknown>, ...args: unknown[]): Promise<void> {
  const me = currentProcess();
  await results.put([args, me.name, me.pid, me.authkey.toString('hex'), me.daemon]);
}
export async function tellParent(results: Queue<unknown>): Promise<void> {
  const parent = parentProcess();
  await results.put([parent?.pid, parent?.name, process.ppid, parent?.isAlive()]);
}
export async function grandParent(out: Connection): Promise<void> {
  const [reader, writer] = Pipe<unknown>(false);
  const p = new Process({ target: watchParent, args: [writer, out] });
  await p.start();
  await reader.recv();
  process.kill(process.pid, 'SIGKILL');
}
export async function watchParent(ready: Connection, out: Connection): Promise<void> {
  await out.send(parentProcess()?.isAlive());
  await ready.send('begun');
  await parentProcess()?.join(20);
  await out.send(parentProcess()?.isAlive());
}
export const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000));
export const quick = async (seconds: number): Promise<void> => await sleep(seconds);
export const nothing = (): void => {};
export async function recurse(out: Connection, id: number[]): Promise<void> {
  await out.send(id);
  if (id.length >= 2) return;
  for (const i of [0, 1]) {
    const p = new Process({ target: recurse, args: [out, [...id, i]] });
    await p.start();
    await p.join();
  }
}
export const waitFor = async (event: Event): Promise<void> => {
  await event.wait(20);
};
export async function leaveTimer(event: Event): Promise<void> {
  setTimeout(() => event.set(), 100);
}
export const exitWith = (...code: number[]): void => process.exit(code[0]);
export const throwIt = (words: string): never => {
  throw new RangeError(words);
};
export async function nested(results: Queue<unknown>): Promise<void> {
  const inner = new Queue<string>();
  await inner.put('in a child');
  await results.put(await inner.get());
  await results.put([getStartMethod(), getLogger().level]);
}
export async function poolInside(results: Queue<unknown>): Promise<void> {
  const pool = new Pool(1);
  await results.put(await pool.apply(Math.max as unknown as (n: number) => number, [3]).catch(() => 'error'));
  pool.terminate();
  await pool.join();
}
export function closeInput(results: Queue<unknown>): Promise<void> {
  closeSync(0);
  return results.put('without stdin');
}
export class Upper extends Process {
  readonly child: Connection<string>;
  constructor(child: Connection<string>) {
    super();
    this.child = child;
  }
  override async run(): Promise<void> {
    for await (const text of this.child) await this.child.send(text.toUpperCase());
  }
}
export class Prepared extends BaseManager {}

async function started<T extends Process<never>>(process: T): Promise<T> {
  await process.start();
  return process;
}
/** Asks a process to end in one of the two ways; its exit code. */
async function ends(way: 'terminate' | 'kill'): Promise<number | null> {
  const p = await started(new Process({ target: forever, daemon: true }));
  assert.deepEqual([p.isAlive(), activeChildren().includes(p as Process), p.exitCode], [true, true, null]);
  const [took] = await timed(() => p.join(0));
  assert.ok(took < 1);
  await p.join(-1);
  assert.equal(p.isAlive(), true);
  await sleep(0.2);
  p[way]();
  await p.join();
  assert.deepEqual([p.isAlive(), activeChildren().includes(p as Process)], [false, false]);
  return p.exitCode;
}

const tests: Readonly<Record<string, () => unknown>> = {
  test_current() {
    const me = currentProcess();
    assert.deepEqual([me.isAlive(), me.daemon, me.pid, me.exitCode], [true, false, process.pid, null]);
    assert.ok(Buffer.isBuffer(me.authkey) && me.authkey.length > 0);
  },
  async test_set_executable() {
    setExecutable(process.execPath);
    const p = await started(new Process({ target: nothing }));
    await p.join();
    assert.equal(p.exitCode, 0);
    setExecutable('/nonexistent/node');
    assert.notEqual(await thrown(() => new Process({ target: nothing }).start()), 'nothing');
    setExecutable(process.execPath);
  },
  async test_args_argument() {
    for (const args of [[], [1], [1, [2], 'three', null]]) {
      const results = new Queue<unknown>();
      const p = await started(new Process({ target: report, args: [results, ...args] }));
      assert.deepEqual(((await results.get()) as unknown[])[0], args);
      await p.join();
    }
    assert.throws(() => new Process({ target: nothing, args: 1 as never }), TypeError);
  },
  test_daemon_argument() {
    assert.equal(new Process({ target: nothing }).daemon, currentProcess().daemon);
    assert.equal(new Process({ target: nothing, daemon: false }).daemon, false);
    assert.equal(new Process({ target: nothing, daemon: true }).daemon, true);
  },
  async test_parent_process_attributes() {
    assert.equal(parentProcess(), null);
    const results = new Queue<unknown>();
    const p = await started(new Process({ target: tellParent, args: [results] }));
    assert.deepEqual(await results.get(), [process.pid, currentProcess().name, process.pid, true]);
    await p.join();
  },
  async test_parent_process() {
    const [reader, writer] = Pipe<unknown>(false);
    const p = await started(new Process({ target: grandParent, args: [writer] }));
    assert.equal(await reader.recv(), true);
    await p.join();
    assert.equal(p.exitCode, -9);
    // The grandchild learns of its parent's end, and ends itself; what it had said before is there.
    assert.equal(parentProcess(), null);
  },
  async test_process() {
    const results = new Queue<unknown>();
    const p = new Process({
      target: report,
      args: [results, 1, 2, { hello: 23, bye: 2.54 }],
      name: 'SomeProcess',
      daemon: true,
    });
    const me = currentProcess();
    assert.deepEqual([p.authkey, p.isAlive(), p.daemon, p.exitCode], [me.authkey, false, true, null]);
    assert.equal(activeChildren().includes(p as unknown as Process), false);
    await p.start();
    assert.deepEqual(
      [p.exitCode, p.isAlive(), activeChildren().includes(p as unknown as Process)],
      [null, true, true],
    );
    const [args, name, pid, key] = (await results.get()) as unknown[];
    assert.deepEqual([args, name, pid], [[1, 2, { hello: 23, bye: 2.54 }], 'SomeProcess', p.pid]);
    assert.equal(key, me.authkey.toString('hex'));
    await p.join();
    assert.deepEqual([p.exitCode, p.isAlive()], [0, false]);
  },
  test_terminate: async () => assert.equal(await ends('terminate'), -15),
  test_kill: async () => assert.equal(await ends('kill'), -9),
  test_cpu_count() {
    assert.equal(cpuCount(), os.cpus().length);
  },
  async test_active_children() {
    const p = new Process({ target: quick, args: [0.3], daemon: true });
    assert.equal(activeChildren().includes(p as unknown as Process), false);
    await p.start();
    assert.equal(activeChildren().includes(p as unknown as Process), true);
    await p.join();
    assert.equal(activeChildren().includes(p as unknown as Process), false);
  },
  async test_recursion() {
    const [reader, writer] = Pipe<number[]>(false);
    await recurse(writer as Connection, []);
    const seen: number[][] = [];
    while (await reader.poll()) seen.push(await reader.recv());
    assert.deepEqual(seen, [[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]]);
  },
  async test_sentinel() {
    const event = new Event();
    const p = new Process({ target: waitFor, args: [event] });
    assert.throws(() => p.sentinel, { name: 'ValueError' });
    await p.start();
    const { sentinel } = p;
    assert.equal(await Promise.race([sentinel, sleep(0.05)]), undefined);
    event.set();
    assert.equal(await sentinel, 0);
  },
  async test_close() {
    const p = await started(new Process({ target: forever }));
    assert.throws(() => p.close(), { name: 'ValueError' });
    p.kill();
    await p.join();
    p.close();
    for (const call of [() => p.isAlive(), () => p.join(), () => p.terminate()])
      assert.equal(await thrown(call), 'ValueError');
    p.close();
  },
  async test_many_processes() {
    const many = await Promise.all(
      Array.from({ length: 6 }, () => started(new Process({ target: quick, args: [0.01] }))),
    );
    for (const p of many) await p.join();
    assert.deepEqual(
      many.map((p) => p.exitCode),
      Array(6).fill(0),
    );
    const stuck = await Promise.all(
      Array.from({ length: 4 }, () => started(new Process({ target: forever }))),
    );
    await sleep(0.2);
    for (const p of stuck) p.terminate();
    for (const p of stuck) await p.join();
    assert.deepEqual(
      stuck.map((p) => p.exitCode),
      Array(4).fill(-15),
    );
  },
  async test_wait_for_threads() {
    const event = new Event();
    const p = await started(new Process({ target: leaveTimer, args: [event] }));
    await p.join();
    assert.equal(event.isSet(), true);
  },
  async test_child_fd_inflation() {
    // A child starts with its own descriptors only, however many the parent has.
    const open = Array.from({ length: 50 }, () => Pipe());
    const p = await started(new Process({ target: nothing }));
    await p.join();
    assert.deepEqual([p.exitCode, open.length], [0, 50]);
  },
};

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
    assert.match(stderr, /RangeError: told on stderr[\s\S]*throwIt.*processes\.ts/);
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
    for (const [name, body] of Object.entries(tests)) await check(`WithProcessesTestProcess.${name}`, body);
    for (const [name, body] of Object.entries(others)) await check(name, body);
    await until(() => activeChildren().length === 0);
    await finish();
  })();
}
