// Busy time of real threads against what the system says of them, never against the clock on the wall: others may be busy as well.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Model, type ThreadView, TRACK_STATES, type TrackState } from '../../src/model/index.ts';
import type { Program } from '../../src/session/launch/program.ts';
import { Session } from '../../src/session/tail/session.ts';
import { files, launched, ROOT, scratch, until } from './support.ts';

const KIT = pathToFileURL(path.join(__dirname, 'time', 'kit.mjs')).href;
/** Telling the figure and ending come after it, and cost more on a busy machine; looks from outside are a moment old. ms */
const TICKS = 25;

interface Figure {
  readonly name: string;
  readonly pid: number;
  readonly ms: number;
}

interface Run {
  readonly model: Model;
  readonly figures: readonly Figure[];
}

interface Watch {
  readonly program: Program;
  readonly session: Session;
}

/** Runs a program that tells the system's figures of its threads by `tell`, under trace as the command line does it. */
async function run(
  t: TestContext,
  code: string,
  meanwhile: (watch: Watch) => Promise<void> = async () => {},
  more: Partial<Parameters<typeof launched>[3]> = {},
): Promise<Run> {
  const dir = scratch(t);
  const head = `import { reach, sleep, spin, tell } from '${KIT}';\nimport * as workers from 'node:worker_threads';\n`;
  files(dir, { 'main.mjs': head + code });
  const figures = path.join(dir, 'figures.jsonl');
  files(dir, { 'figures.jsonl': '' });
  let session: Session | undefined;
  const program = await launched(
    t,
    dir,
    { kind: 'script', file: path.join(dir, 'main.mjs'), args: [] },
    {
      traced: (pid) => session?.tracedThreads(pid),
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        FORKSCOPE_CACHE_DIR: path.join(dir, 'cache'),
        TMPDIR: dir,
        TIME_FIGURES: figures,
      },
      ...more,
    },
  );
  session = Session.open(program.dir);
  t.after(() => session?.close());
  await meanwhile({ program, session });
  await program.exited;
  await program.finish(session.unended());
  session.finish();
  const lines = readFileSync(figures, 'utf8').trim().split('\n').filter(Boolean);
  return { model: session.model, figures: lines.map((line) => JSON.parse(line) as Figure) };
}

/** Until the program has said so by `reach`. */
const reached = ({ dir }: Program, place: string): Promise<true> =>
  until(place, () => existsSync(path.join(path.dirname(dir), `figures.jsonl.${place}`)));

const WHOLE = { start: 0, end: Number.MAX_SAFE_INTEGER };

/** ms by state of threads in a selection of the timeline. */
function spent(model: Model, threads: readonly ThreadView[], range = WHOLE): Record<TrackState, number> {
  const ns = TRACK_STATES.map((_, s) =>
    model
      .stats(
        threads.map(({ id }) => id),
        range,
      )
      .reduce((sum, stats) => sum + stats.ns[s]!, 0),
  );
  return Object.fromEntries(TRACK_STATES.map((state, s) => [state, ns[s]! / 1e6])) as Record<
    TrackState,
    number
  >;
}

function assertNear(what: string, actual: number, expected: number): void {
  const tolerance = Math.max(TICKS, 0.05 * expected);
  assert.ok(
    Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual.toFixed(1)} ms, the system says ${expected}`,
  );
}

function threadOf(model: Model, { name, pid }: Figure): ThreadView {
  const process = model.processes().find((p) => p.pid === pid);
  const thread = process?.threads.find((t) => (name === 'main' ? t.threadId === 0 : t.name === name));
  assert.ok(thread, `thread ${name} of ${pid}`);
  return thread;
}

/** Each thread's time on a processor, as a sum, and in a selection that holds all of it; and its parts add up to its life. */
function assertTrue({ model, figures }: Run, least: number): void {
  assert.ok(figures.length >= least, JSON.stringify(figures));
  for (const figure of figures) {
    const thread = threadOf(model, figure);
    const { used } = thread;
    assert.ok(used !== null);
    assertNear(`${figure.name} in all`, used / 1e6, figure.ms);
    const parts = spent(model, [thread]);
    assertNear(`${figure.name} in a selection`, parts.running, figure.ms);
    const life = ((thread.end ?? model.lastTime) - thread.start) / 1e6;
    const sum = Object.values(parts).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - life) < 1, `${figure.name}: parts ${sum}, life ${life}`);
  }
}

function mainOf({ model, figures }: Run): ThreadView {
  const main = figures.find(({ name }) => name === 'main');
  assert.ok(main);
  return threadOf(model, main);
}

describe('a trace of an earlier version', () => {
  it('opens, and says of processors that nothing is known', () => {
    const session = Session.open(path.join(ROOT, 'test', 'fixtures', 'traces-1.0', 'node-apis'));
    const { model } = session;
    const threads = model.threads();
    const { running, ready, native, unknown } = spent(model, threads);
    assert.deepEqual([running, ready, native], [0, 0, 0]);
    assert.ok(unknown > 0);
    assert.ok(
      threads.every(({ used, lately, usedAt }) => used === null && lately === null && usedAt === null),
    );
    const slices = threads.flatMap(({ id }) => model.slices(id, WHOLE, 100));
    assert.ok(slices.every(({ busy, state }) => busy === null && state !== 'running'));
    session.close();
  });
});

const onLinux = { skip: process.platform !== 'linux' && 'the figures are those of /proc' };

describe('time on a processor', onLinux, () => {
  it('of a program that sleeps on a timer is next to nothing, and the rest its idle loop', async (t) => {
    const ran = await run(
      t,
      `let n = 0; const timer = setInterval(() => { if (++n === 15) { clearInterval(timer); tell('main'); } }, 100);`,
    );
    assertTrue(ran, 1);
    const { idle, running, ready, native, unknown } = spent(ran.model, [mainOf(ran)]);
    assert.ok(idle > 1000, JSON.stringify({ idle, running, ready, native, unknown }));
    // While it is loaded it reads files, and waits for them on a busy machine.
    assert.ok(native < idle, `in native calls ${native} ms, idle ${idle}`);
  });

  it('of a program that computes is all of it', async (t) => {
    const ran = await run(t, `spin(600); tell('main');`);
    assertTrue(ran, 1);
    const { running, ready, idle } = spent(ran.model, [mainOf(ran)]);
    assert.ok(running > 600 && idle < 0.2 * (running + ready), `${running} ${ready} ${idle}`);
  });

  it('of a mixed one is in the moments in which it ran', async (t) => {
    const ran = await run(t, `for (let i = 0; i < 5; i++) { spin(100); await sleep(300); } tell('main');`);
    assertTrue(ran, 1);
    const main = mainOf(ran);
    const { running, idle } = spent(ran.model, [main]);
    assert.ok(idle > 1000 && running > 500, `${idle} ${running}`);
  });

  it('is each thread’s own, of busy and idle workers and the main thread', async (t) => {
    const ran = await run(
      t,
      `if (workers.isMainThread) {
         const all = ['a', 'b', 'c', 'd'].map((name) => new workers.Worker(new URL(import.meta.url), { name, workerData: name }));
         let left = all.length;
         for (const w of all) w.on('exit', () => { if (--left === 0) tell('main'); });
       } else if (workers.workerData < 'c') { spin(400); tell(workers.workerData); }
       else { let n = 0; const timer = setInterval(() => { if (++n === 8) { clearInterval(timer); tell(workers.workerData); } }, 100); }`,
    );
    assertTrue(ran, 5);
  });

  it('is nothing while a thread is blocked in a lock', async (t) => {
    const ran = await run(
      t,
      `spin(300); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500); spin(300); tell('main');`,
    );
    assertTrue(ran, 1);
    const main = mainOf(ran);
    const slice = ran.model.slices(main.id, WHOLE, 1000).find(({ state }) => state === 'sync');
    assert.ok(slice?.end != null && slice.busy !== null);
    const within = spent(ran.model, [main], { start: slice.start, end: slice.end });
    assert.ok(within.running < 30 && slice.busy / 1e6 < 30, `${within.running}`);
    // Between two looks nobody knows when it was ready: some of what it waited for a processor before may fall into it.
    assert.ok(within.sync > (slice.end - slice.start) / 2e6, `${within.sync}`);
  });

  it('is nothing while a thread is stopped by a signal, which is told', async (t) => {
    const ran = await run(
      t,
      `const life = setInterval(() => {}, 1000);
       process.once('SIGCONT', () => { spin(100); clearInterval(life); tell('main'); });
       spin(200);
       reach('rest');`,
      async ({ program, session }) => {
        // While it is loaded it rests too, and does not listen yet.
        await reached(program, 'rest');
        await until('its rest', () => session.model.threads()[0]?.state === 'idle');
        process.kill(program.pid, 'SIGSTOP');
        const stopped = () => {
          const [thread] = session.model.threads();
          return thread !== undefined && spent(session.model, [thread]).stopped > 1500;
        };
        const view = (): ThreadView | undefined => session.model.threads()[0];
        try {
          await until('a look at it as it is stopped', () => view()?.lately === 'stopped', 60_000);
          await until('two looks at it as it is stopped', stopped, 60_000);
        } finally {
          process.kill(program.pid, 'SIGCONT');
        }
      },
    );
    assertTrue(ran, 1);
  });

  it('of a native call that computes is used, of one that waits is none', async (t) => {
    const ran = await run(
      t,
      `const { pbkdf2Sync } = await import('node:crypto'); const { execSync } = await import('node:child_process');
       const { readSync } = await import('node:fs');
       for (let i = 0; i < 4; i++) pbkdf2Sync('a', 'b', 100_000, 64, 'sha512');
       execSync('sleep 1');
       await sleep(150);
       reach('read');
       readSync(0, Buffer.alloc(1));
       tell('main');`,
      async ({ program, session }) => {
        await reached(program, 'read');
        await until('it reads', () =>
          readFileSync(`/proc/${program.pid}/task/${program.pid}/syscall`, 'utf8').startsWith('0 '),
        );
        await until('looks at it', () => session.model.threads()[0]?.lately === 'native', 60_000);
        await new Promise((resolve) => setTimeout(resolve, 2500));
        program.child.stdin?.end('x');
      },
      { stdio: ['pipe', 'ignore', 'inherit'] },
    );
    assertTrue(ran, 1);
    const { sync, native } = spent(ran.model, [mainOf(ran)]);
    assert.ok(sync > 900, `in execSync ${sync} ms`);
    assert.ok(native > 2000, `in readSync ${native} ms`);
  });

  it('of many short bursts adds up', async (t) => {
    const ran = await run(
      t,
      `const { port1, port2 } = new MessageChannel(); let n = 0;
       port2.on('message', () => { spin(2); if (++n === 200) { port1.close(); tell('main'); } else setTimeout(() => port1.postMessage(n), 3); });
       port1.postMessage(0);`,
    );
    assertTrue(ran, 1);
  });

  it('is not time without a processor, where others have taken them', async (t) => {
    const others = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    );
    t.after(() => {
      for (const other of others) other.kill('SIGKILL');
    });
    const ran = await run(
      t,
      `if (workers.isMainThread) { const w = new workers.Worker(new URL(import.meta.url), { name: 'w' }); spin(400); w.on('exit', () => tell('main')); }
       else { for (let i = 0; i < 8; i++) { spin(50); await sleep(20); } tell('w'); }`,
    );
    assertTrue(ran, 2);
    const { ready } = spent(ran.model, ran.model.threads());
    assert.ok(ready > 100, `ready ${ready} ms`);
  });

  it('of processes is told for each of them', async (t) => {
    const ran = await run(
      t,
      `import { fork } from 'node:child_process';
       const [, me, role] = process.argv;
       if (role === 'busy') { spin(300); tell('main'); }
       else if (role === 'idle') setTimeout(() => tell('main'), 700);
       else { let left = 2; for (const r of ['busy', 'idle']) fork(me, [r]).on('exit', () => { if (--left === 0) tell('main'); }); }`,
    );
    assertTrue(ran, 3);
  });

  it('of a worker that is stopped while it computes is known up to its last sample, and not beyond', async (t) => {
    const ran = await run(
      t,
      `if (workers.isMainThread) {
         const w = new workers.Worker(new URL(import.meta.url), { name: 'w' });
         w.once('message', () => { w.terminate().then(() => tell('main')); });
       } else { spin(300); workers.parentPort.postMessage(1); for (;;) spin(50); }`,
    );
    assertTrue(ran, 1);
    const worker = ran.model.threads().find(({ threadId }) => threadId === 1);
    assert.ok(worker?.used != null && worker.usedAt !== null && worker.end !== null);
    const { running, ready, unknown } = spent(ran.model, [worker]);
    const life = (worker.end - worker.start) / 1e6;
    assert.ok(running + ready + unknown > 0.8 * life, JSON.stringify({ running, ready, unknown, life }));
    assert.ok(Math.abs(worker.used / 1e6 - running) < 2, `${worker.used / 1e6} ${running}`);
  });

  it('of a process that is killed is known up to the last look at it', async (t) => {
    let before = 0;
    const ran = await run(t, `tell('main'); for (;;) spin(1000);`, async ({ program, session }) => {
      const used = () => session.model.threads()[0]?.used ?? 0;
      await until('looks at it', () => used() > 800e6, 60_000);
      before = used();
      process.kill(program.pid, 'SIGKILL');
    });
    const [main] = ran.model.threads();
    assert.ok(main?.used != null && main.used >= before);
    const { running } = spent(ran.model, [main]);
    // The system counts from the moment of exec on; a life in the trace begins when Node does, some ms later on a busy machine.
    const [first] = ran.model.usage(main.id);
    assert.ok(first);
    const early = Math.max(0, first.used - (first.time - main.start));
    assert.ok(Math.abs((main.used - early) / 1e6 - running) < 2, `${running} ${main.used} ${early}`);
    assert.ok(main.usedAt !== null && main.end !== null);
    const after = spent(ran.model, [main], { start: main.usedAt, end: main.end });
    assert.ok(after.idle + after.running < 1, JSON.stringify(after));
  });
});
