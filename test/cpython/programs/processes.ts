// _TestProcess, _TestSubclassingProcess, and tests of starting: each process is started by the test itself.
import assert from 'node:assert/strict';
import os from 'node:os';
import {
  activeChildren,
  type Connection,
  cpuCount,
  currentProcess,
  Event,
  isMain,
  Pipe,
  Process,
  parentProcess,
  Queue,
  setExecutable,
} from 'forkscope';
import { check, finish, sleep, started, thrown, timed, until } from './harness.ts';
import {
  forever,
  grandParent,
  leaveTimer,
  nothing,
  quick,
  recurse,
  report,
  tellParent,
  waitFor,
} from './process-targets.ts';

/** Asks a process to end in one of the two ways; its exit code. */
async function ends(way: 'terminate' | 'kill'): Promise<number | null> {
  const p = await started(new Process({ target: forever, daemon: true }));
  assert.deepEqual([p.isAlive(), activeChildren().includes(p as Process), p.exitCode], [true, true, null]);
  const [took] = await timed(() => p.join(0));
  assert.ok(took < 20);
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

if (isMain(import.meta)) {
  void (async () => {
    for (const [name, body] of Object.entries(tests)) await check(`WithProcessesTestProcess.${name}`, body);
    await until(() => activeChildren().length === 0);
    await finish();
  })();
}
