import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model } from '../../src/model/index.ts';
import { TraceBuilder } from './builder.ts';

describe('process tree', () => {
  it('joins what the parent, the child and the process table say', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, file: '/app/hello.ts' });
    const worker = main.start('worker-1', { pid: 11 });
    worker.exit(3);
    main.childExit(worker, { code: 3 });
    t.observe({ type: 'sample', time: t.tick(), pid: 10, cpu: 12.5, memory: 1000 });
    const model = t.feed(new Model());
    const [root, child] = model.processes();
    assert.ok(root && child);
    assert.equal(root.name, 'hello.ts');
    assert.equal(root.parent, null);
    assert.deepEqual(root.children, [child.id]);
    assert.equal(root.cpu, 12.5);
    assert.equal(root.state, 'running');
    assert.equal(child.name, 'worker-1');
    assert.equal(child.exitCode, 3);
    assert.equal(child.state, 'exited');
    assert.equal(child.api, 'Process');
    assert.equal(model.process('11'), child);
  });

  it('gives the same tree in whichever order streams and definitions arrive', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const a = main.start('a', { pid: 11 });
    a.start('b', { pid: 12 });
    const tree = (items: typeof t.items) =>
      t
        .feed(new Model(), items)
        .processes()
        .map((p) => [p.id, p.parent, p.name, p.start]);
    const streams = [...new Set(t.items.map((item) => ('stream' in item ? item.stream.stream : '')))];
    const grouped = streams
      .reverse()
      .flatMap((s) => t.items.filter((i) => ('stream' in i ? i.stream.stream : '') === s));
    assert.deepEqual(tree(grouped), tree(t.items));
  });

  it('puts a Node grandchild below the shell that its spawn key was given to', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const key = main.startOnly('', { pid: 11, api: 'spawn', argv: ['sh', '-c', 'node x.js'] });
    t.stream({ pid: 12, ppid: 11, spawnKey: key });
    const model = t.feed(new Model());
    assert.equal(model.process('12')?.parent, '11');
    const shell = model.process('11');
    assert.equal(shell?.parent, '10');
    assert.equal(shell?.instrumented, false);
    assert.match(shell?.reason ?? '', /not a Node.js program \(sh\)/);
    assert.equal(shell?.name, 'sh');
  });

  it('calls a process that the system knows to run Node by its title, and no stranger', () => {
    const t = new TraceBuilder();
    t.root({ pid: 10 });
    const seen = { type: 'osProcess', ppid: 10, name: 'npm run build', command: 'npm run build' } as const;
    t.observe({ ...seen, time: 1, pid: 11, isNode: true });
    t.observe({ ...seen, time: 1, pid: 12 });
    const model = t.feed(new Model());
    assert.equal(model.process('11')?.name, 'npm run build (11)', 'two are told apart');
    assert.doesNotMatch(model.process('11')?.reason ?? '', /not a Node.js program/);
    assert.match(model.process('12')?.reason ?? '', /not a Node.js program \(npm run build\)/);
  });

  it('takes a sighting soon after the end of a process for itself, and a later one for another with its pid', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('child', { pid: 11, api: 'fork' });
    child.exit(0);
    main.childExit(child);
    const seen = { type: 'osProcess', pid: 11, ppid: 10, name: 'node', command: 'node' } as const;
    t.observe({ ...seen, time: t.tick() + 400_000_000 });
    assert.deepEqual(
      t
        .feed(new Model())
        .processes()
        .map(({ id }) => id),
      ['10', '11'],
    );
    t.observe({ ...seen, time: t.tick() + 3_000_000_000 });
    assert.equal(t.feed(new Model()).processes().length, 3);
  });

  it('takes a stream with the same pid and key as the child itself (sh that execs node)', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const key = main.startOnly('', { pid: 11, api: 'exec', argv: ['sh', '-c', 'node x.js'] });
    t.stream({ pid: 11, ppid: 10, spawnKey: key });
    const model = t.feed(new Model());
    assert.equal(model.processes().length, 2);
    assert.equal(model.process('11')?.instrumented, true);
  });

  it('knows the child of a synchronous spawn by its key before its parent knows the pid', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const key = main.startOnly('', { api: 'spawnSync', argv: ['node', 'c.js'] });
    main.join(key, {}, 'waitSyncSpawn');
    const child = t.stream({ pid: 11, ppid: 10, spawnKey: key });
    const model = t.feed(new Model());
    const [wait] = model.process('10')?.threads[0]?.waits ?? [];
    assert.equal(wait?.awaitedProcess, child.id);
    assert.equal(model.process('10')?.state, 'blocked');
  });

  it('does not show a child that never had a pid', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.startOnly('', { api: 'spawn', argv: ['no-such-program'] });
    assert.equal(t.feed(new Model()).processes().length, 1);
  });

  it('takes a reused pid for another process', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const first = main.start('first', { pid: 11 });
    first.exit(0);
    main.childExit(first);
    t.at(5000);
    main.start('second', { pid: 11 });
    const model = t.feed(new Model());
    assert.deepEqual(
      model.processes().map((p) => [p.id, p.name, p.state]),
      [
        ['10', 'main.ts', 'running'],
        ['11', 'first', 'exited'],
        ['11.2', 'second', 'running'],
      ],
    );
  });

  it('ends a killed process by what its parent or the process table saw', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const a = main.start('a', { pid: 11 });
    main.start('b', { pid: 12 });
    main.childExit(a, { signal: 9 });
    t.observe({ type: 'osGone', time: t.tick(), pid: 12 });
    const model = t.feed(new Model());
    assert.equal(model.process('11')?.signal, 'SIGKILL');
    assert.equal(model.process('11')?.exitCode, null);
    assert.equal(model.process('12')?.state, 'exited');
  });

  it('is idle while something keeps it alive and nothing shows that it works, and runs when it does', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, minor: 0 });
    const look = () => {
      const { state, keptAlive } = t.feed(new Model()).process('10')!;
      return [state, keptAlive];
    };
    const sample = (cpu: number) => t.observe({ type: 'sample', time: t.tick(), pid: 10, cpu, memory: 1 });
    assert.deepEqual(look(), ['running', '']);
    main.define({ type: 'keepAlive', time: t.tick(), handles: { TCPServerWrap: 1 } });
    assert.deepEqual(look(), ['idle', '1 TCP server']);
    sample(80);
    assert.deepEqual(look(), ['running', '1 TCP server']);
    sample(0.5);
    assert.deepEqual(look(), ['idle', '1 TCP server']);
    main.start('child', { pid: 11 });
    assert.deepEqual(look(), ['running', '']);
    main.record('rest');
    assert.deepEqual(look(), ['idle', '1 TCP server']);
  });

  it('is kept alive by the sources that are ref’d, with the lines that made them, as long as it rests', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('linter', { pid: 11, api: 'fork' });
    const down = t.resource('ipc', 'down');
    main.rest(
      { kind: 'timer', count: 2, due: 9e9, site: main.site('/app/main.ts:4') },
      { kind: 'server', ref: false, local: '127.0.0.1:80' },
      { kind: 'ipc', child, resource: down },
    );
    const keptAlive = () => t.feed(new Model()).process('10')?.keptAlive;
    assert.equal(keptAlive(), '2 timers [main.ts:4], IPC channel (linter)');
    main.record('resumed');
    assert.equal(keptAlive(), '');
  });

  it('says what each thread did when the program was ended, and how worker threads ended', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const [waiting, failed, busy] = [main.thread('waiting'), main.thread('failed'), main.thread('busy')];
    const lock = t.lock('L');
    main.create(lock).acquire(lock, 1);
    waiting.open(lock).wait('waitAcquire', lock, { sync: true });
    failed.define({ type: 'incident', what: 'uncaughtException', time: t.tick(), message: 'TypeError: no' });
    main.childExit(failed, { code: 1 });
    busy.acquire(t.lock('M'), 1);
    main.rest({ kind: 'worker', child: waiting, listens: true });
    t.at(12_000).observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    main.record('resumed');
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: null, signal: 'SIGINT' });
    const told = t
      .feed(new Model())
      .process('10')!
      .threads.map((thread) => [thread.name, thread.exitCode, thread.error, thread.lastState]);
    assert.deepEqual(told, [
      ['main', null, '', 'idle for 12.0 s: waits for a message or the end of waiting'],
      ['waiting', null, '', 'blocked for 12.0 s: waits for lock L'],
      ['failed', 1, 'TypeError: no', ''],
      ['busy', null, '', 'running'],
    ]);
  });

  it('says nothing of what threads did that ended of themselves', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.rest({ kind: 'timer', due: 9e9 });
    t.at(5000);
    main.exit(0);
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: 0, signal: null });
    assert.equal(t.feed(new Model()).process('10')?.threads[0]?.lastState, '');
  });

  it('shows programs from the process table below their parent', () => {
    const t = new TraceBuilder();
    t.root({ pid: 10 });
    t.observe({
      type: 'osProcess',
      time: t.tick(),
      pid: 20,
      ppid: 10,
      name: 'python3',
      command: 'python3 x.py',
    });
    const model = t.feed(new Model());
    assert.equal(model.process('20')?.parent, '10');
    assert.equal(model.process('20')?.name, 'python3');
  });

  it('shows worker threads with their process and ends them with it', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.thread('resizer');
    const model = t.feed(new Model());
    assert.deepEqual(
      model.threads().map((thread) => [thread.id, thread.name, thread.state]),
      [
        ['10.0', 'main', 'running'],
        ['10.1', 'resizer', 'running'],
      ],
    );
    main.exit(0);
    const after = t.feed(new Model());
    assert.ok(after.threads().every((thread) => thread.state === 'exited'));
  });

  it('says why node --watch itself is not traced', () => {
    const t = new TraceBuilder();
    const argv = ['node', '--watch', 'main.js'];
    t.observe({ type: 'rootStart', time: t.tick(), pid: 10, spawnKey: 'k', argv });
    const [process] = t.feed(new Model()).processes();
    assert.equal(process?.reason, 'Node itself, which starts the program (--watch)');
  });

  it('tells the whole command line, and does not take an argument for the name of a script', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const at = {
      argv: ['/bin/node', 'first'],
      execPath: '/bin/node',
      cwd: '/',
      title: '',
      nodeVersion: 'v24.0.0',
    };
    main.define({ type: 'process', spawnKey: 'k', execArgv: ['-e', 'code'], ...at });
    const [process] = t.feed(new Model()).processes();
    assert.deepEqual([process?.argv, process?.name], [['/bin/node', '-e', 'code', 'first'], 'node']);
  });

  it('calls the test runner of Node by its flag: the first of its files has a process of its own', () => {
    const t = new TraceBuilder();
    const argv = ['/bin/node', 'a.test.js', 'b.test.js'];
    const at = { argv, execPath: '/bin/node', cwd: '/', title: '', nodeVersion: 'v24.0.0' };
    const main = t.root({ pid: 10 });
    main.define({ type: 'process', spawnKey: 'k', execArgv: ['--test', '--test-reporter=tap'], ...at });
    main.start('', { pid: 11, api: 'spawn', argv: ['/bin/node', '/app/a.test.js'] });
    const names = t.feed(new Model()).processes();
    assert.deepEqual(
      names.map(({ name }) => name),
      ['node --test', 'a.test.js'],
    );
  });

  it('shows a worker thread that ended before the tracer was loaded in it', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = { type: 'child', spawnKey: 'k', api: 'worker', name: '', argv: [], daemon: false } as const;
    main.define({ ...child, id: 7, file: '/app/w.ts' });
    main.record('threadStart', { resource: 7, n: 3 });
    main.record('childExit', { resource: 7, value: 1 });
    const model = t.feed(new Model());
    assert.deepEqual(
      model.threads().map((thread) => [thread.id, thread.name, thread.state]),
      [
        ['10.0', 'main', 'running'],
        ['10.3', 'w.ts 3', 'exited'],
      ],
    );
  });

  it('tells which processes changed', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.start('a', { pid: 11 });
    const model = t.feed(new Model());
    const before = model.revision;
    assert.deepEqual(model.changedProcesses(before), []);
    model.observation({ type: 'sample', time: 1e9, pid: 11, cpu: 1, memory: 1 });
    assert.deepEqual(model.changedProcesses(before), ['11']);
  });
});
