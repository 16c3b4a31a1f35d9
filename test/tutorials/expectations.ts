import assert from 'node:assert/strict';

/** What one run of a tutorial program gave. */
export interface Run {
  readonly out: string;
  /** Non-empty lines of stdout. */
  readonly lines: readonly string[];
  readonly err: string;
  readonly code: number | null;
}

export interface Expectation {
  readonly file: string;
  /** Milliseconds that a tutorial's second takes: short, unless the order of the lines hangs on it. */
  readonly second?: number;
  readonly check: (run: Run) => void;
}

const sorted = (lines: readonly string[]): string[] => [...lines].sort();
const numbers = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);
const matching = (run: Run, pattern: RegExp): string[] => run.lines.filter((l) => pattern.test(l));
const exactly =
  (...lines: string[]) =>
  (run: Run): void => {
    assert.deepEqual(run.lines, lines);
    assert.equal(run.code, 0);
  };
const anyOrder =
  (...lines: string[]) =>
  (run: Run): void => {
    assert.deepEqual(sorted(run.lines), sorted(lines));
    assert.equal(run.code, 0);
  };
/** `before` stands above `after`. */
function ordered(run: Run, before: string | RegExp, after: string | RegExp): void {
  const at = (what: string | RegExp): number =>
    run.lines.findIndex((l) => (typeof what === 'string' ? l === what : what.test(l)));
  assert.ok(at(before) >= 0 && at(before) < at(after), `${before} before ${after} in:\n${run.out}`);
}
function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
const distinct = (lines: readonly string[]): number => new Set(lines).size;

/** The table of the tutorials' programs: what each prints, and which orders it guarantees. */
export const EXPECTATIONS: readonly Expectation[] = [
  { file: '01-ten-processes', check: anyOrder(...numbers(10).map((i) => `hello QQ${i}`)) },
  {
    file: '02-threads-in-processes',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(run.lines.length, 20);
      for (const i of numbers(10)) ordered(run, `hello QQ${i}`, new RegExp(`^QQ${i}:\\d+$`));
    },
  },
  {
    file: '03-parent-and-child',
    check(run) {
      assert.equal(run.code, 0);
      const pids = matching(run, /^process id: /).map((l) => l.slice(12));
      const parents = matching(run, /^parent process: /).map((l) => l.slice(16));
      assert.equal(pids.length, 2);
      assert.equal(parents[1], pids[0], 'the parent of the child is main');
      assert.deepEqual(matching(run, /^process name/), [
        'process name: MainProcess',
        'process name: Process-1',
      ]);
      assert.equal(run.lines.at(-1), 'hello QQ');
    },
  },
  { file: '04-queue-in-one-process', check: exactly("[ 66, null, 'hello word' ]") },
  {
    file: '05-local-queue-refused',
    check(run) {
      assert.equal(run.code, 0);
      assert.match(run.out, /^TypeError: .*queue\.Queue.*Queue/);
    },
  },
  { file: '06-queue-between-processes', check: exactly("[ 66, null, 'hello word' ]") },
  { file: '07-pipe', check: exactly("[ 66, null, 'hello,word' ]") },
  { file: '08-pipe-both-ways', check: exactly("[ 66, null, 'hello,word' ]", 'QQ', '微信') },
  {
    file: '09-manager',
    check(run) {
      assert.equal(run.code, 0);
      const map = /Map\(10\) \{([^}]*)\}/.exec(run.out);
      assert.ok(map, run.out);
      const pids = [...map[1]!.matchAll(/(\d+) => (\d+)/g)].map((m) => [m[1], m[2]]);
      assert.equal(distinct(pids.map(([k]) => k!)), 10);
      for (const [key, value] of pids) assert.equal(key, value);
      const list = run.out.slice(run.out.lastIndexOf('[') + 1).match(/\d+/g)!;
      assert.deepEqual(list.slice(0, 5), ['0', '1', '2', '3', '4']);
      assert.deepEqual(sorted(list.slice(5)), sorted(pids.map(([k]) => k!)));
    },
  },
  { file: '10-lock-without-join', check: anyOrder(...numbers(10).map((i) => `hello word ${i}`)) },
  {
    file: '11-pool-apply',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(matching(run, /^in process \d+$/).length, 10);
      assert.equal(run.lines.at(-1), 'end');
    },
  },
  {
    file: '12-pool-apply-async',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(run.lines[0], 'end');
      assert.equal(matching(run, /^in process \d+$/).length, 10);
      assert.ok(distinct(run.lines.slice(1)) <= 5);
    },
  },
  {
    file: '13-pool-callback',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(run.lines.length, 8);
      const parent = run.lines[0]!.split(' ')[1];
      ordered(run, /^主进程/, 'end');
      assert.equal(matching(run, /^in process/).length, 3);
      assert.deepEqual(distinct(matching(run, /^-->/)), 1);
      assert.equal(matching(run, /^-->/)[0], `-->exec done: undefined ${parent}`);
    },
  },
  { file: '14-pool-without-join', second: 1000, check: exactly('end') },
  { file: '15-process-basics', check: exactly('exit code 0') },
  {
    file: '16-no-join',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(matching(run, /^Testing$/).length, 5);
      const pairs = matching(run, /^\d+ ------- \d+$/).map((l) => l.split(' ------- '));
      assert.equal(distinct(pairs.map(([parent]) => parent!)), 1);
      assert.equal(distinct(pairs.map(([, child]) => child!)), 5);
    },
  },
  {
    file: '17-no-guard',
    check(run) {
      assert.equal(run.out, '');
      assert.equal(run.code, 0);
      assert.match(run.err, /isMain/);
      assert.equal(run.err.match(/isMain\(import\.meta\)/g)?.length, 1, 'one child, one message');
    },
  },
  {
    file: '18-arguments',
    second: 1000,
    check(run) {
      const [pid, ...rest] = run.lines;
      assert.match(pid!, /^\d+$/);
      const end = ['************main****************', '100000', 'worker ......', '100000'];
      assert.deepEqual(rest, ['child', 'true', '10', 'worker ......', '10', ...end]);
    },
  },
  {
    file: '19-keyword-arguments',
    second: 2000,
    check(run) {
      assert.equal(run.code, 0);
      assert.deepEqual(run.lines.slice(0, 5), Array(5).fill('100'));
      assert.equal(run.lines.length, 20);
      for (const i of numbers(5)) {
        const [pids, ...rest] = run.lines.slice(5 + i * 3, 8 + i * 3);
        assert.match(pids!, /^\d+ ------- \d+$/);
        assert.deepEqual(rest, ['child process', '100']);
      }
    },
  },
  {
    file: '20-guarded',
    check(run) {
      assert.equal(run.code, 0);
      assert.match(run.out, /^Process ID: \d+\nParent Process ID: \d+\n$/);
    },
  },
  { file: '21-daemon', second: 1000, check: exactly('start', 'main end') },
  {
    file: '22-two-processes',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(run.lines.length, 8);
      assert.equal(matching(run, /^start a process$/).length, 2);
      assert.equal(distinct(matching(run, /^the process parent id/)), 1);
      assert.equal(distinct(matching(run, /^the process id is/)), 2);
      assert.equal(run.lines.at(-1), 'all sub process is done!');
    },
  },
  { file: '23-process-tree', check: exactly('children: 12'), second: 1000 },
  {
    file: '24-result-on-self',
    check(run) {
      assert.equal(run.code, 0);
      assert.deepEqual(
        sorted(run.lines),
        sorted(['start process...', 'process', 'KEL'].flatMap((l) => [l, l, l])),
      );
      assert.ok(run.out.endsWith('\n\n\n\n'), 'three empty results at the end');
    },
  },
  {
    file: '25-subclass-with-queue',
    check(run) {
      anyOrder(...Array(3).fill('start process...'), ...Array(3).fill('KEL'))(run);
      assert.deepEqual(run.lines.slice(3), ['KEL', 'KEL', 'KEL']);
    },
  },
  {
    file: '26-subclass-with-pipe',
    check(run) {
      anyOrder(...Array(3).fill('start process...'), ...Array(3).fill('KEL'))(run);
      assert.deepEqual(run.lines.slice(3), ['KEL', 'KEL', 'KEL']);
    },
  },
  { file: '27-pool-map', check: exactly("[ 'KEL', 'SMILE' ]", 'KEL', 'SMILE') },
  {
    file: '28-pool-get-timeout',
    check: anyOrder(...Array(7).fill('start process'), ...Array(7).fill('KEL')),
  },
  {
    file: '29-fork',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(run.lines.length, 3);
      const [, parent, child] = /我的进程id是 \((\d+)\) .*是 \((\d+)\)/.exec(run.out)!;
      assert.ok(run.out.includes(`我是子进程${child}, 我的父进程是${parent} `));
      assert.equal(run.lines[0], `Process (${parent}) start...`);
    },
  },
  {
    file: '30-run-proc',
    check(run) {
      assert.equal(run.code, 0);
      const patterns = [
        /^Parent process \d+\.$/,
        /^Child process will start\.$/,
        /^Run child process test \(\d+\)\.\.\.$/,
      ];
      for (const [i, pattern] of [...patterns, /^Child process end\.$/].entries())
        assert.match(run.lines[i]!, pattern);
      assert.equal(run.lines.length, 4);
    },
  },
  {
    file: '31-download-subclass',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(run.lines.length, 5);
      for (const [i, pattern] of [
        /^当前进程/,
        /^开启进程/,
        /开始执行，父进程为/,
        /^子进程.*执行完毕/,
        /^主进程.*执行完毕/,
      ].entries()) {
        assert.match(run.lines[i]!, pattern);
      }
    },
  },
  {
    file: '32-pool-fifo',
    check(run) {
      assert.equal(run.code, 0);
      assert.match(run.lines[0]!, /^父进程 \(\d+\)开始执行$/);
      assert.equal(run.lines.at(-1), '所有子进程结束.....');
      const tasks = run.lines.slice(1, -1).map((l) => /\((\d+)\)执行的任务是 \((\d+)\)/.exec(l)!);
      assert.deepEqual(sorted(tasks.map((t) => t[2]!)), sorted(numbers(10).map(String)));
      assert.ok(distinct(tasks.map((t) => t[1]!)) <= 4);
      const byWorker = groupBy(tasks, (t) => t[1]!);
      for (const own of byWorker.values()) {
        const order = own.map((t) => Number(t[2]));
        assert.deepEqual(
          order,
          [...order].sort((a, b) => a - b),
          'each worker sees its tasks first in, first out',
        );
      }
    },
  },
  { file: '33-port-scan', check: exactly('found the open port', 'closed neighbour reported: false') },
  {
    file: '34-executor-primes',
    check(run) {
      assert.equal(run.code, 0);
      assert.deepEqual(
        run.lines.map((l) => l.split(': ')[1]),
        ['true', 'true', 'true', 'true', 'true', 'false'],
      );
    },
  },
  {
    file: '35-write-then-read',
    check(run) {
      assert.equal(run.code, 0);
      assert.match(run.lines[0]!, /^\*{47}start\*{48}$/);
      assert.match(run.lines.at(-1)!, /^\*{48}end\*{49}$/);
      const middle = [...numbers(5).map((i) => `写入 ${i}`), ...numbers(5).map((i) => `读取 ${i}`)];
      assert.deepEqual(run.lines.slice(1, -1), middle);
    },
  },
  {
    file: '36-two-writers',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(run.lines.length, 15);
      const got = matching(run, /^Get/).map((l) => Number(/url_(\d)/.exec(l)![1]));
      assert.deepEqual(
        got.filter((n) => n <= 3),
        [1, 2, 3],
      );
      assert.deepEqual(
        got.filter((n) => n > 3),
        [4, 5, 6],
      );
      assert.match(run.err, /reader exit code -15/);
    },
  },
  {
    file: '37-pipe-terminate',
    second: 2000,
    check(run) {
      assert.equal(run.code, 0);
      const urls = (word: string): string[] =>
        matching(run, new RegExp(` ${word}:`)).map((l) => l.split(word)[1]!.slice(1).trim());
      const all = numbers(10).map((i) => `url_${i}`);
      assert.deepEqual(urls('send'), all);
      const received = urls('rev');
      assert.ok(received.length > 0);
      assert.deepEqual(received, all.slice(0, received.length));
    },
  },
  { file: '38-hello-bob', check: exactly('hello bob') },
  { file: '39-queue-to-child', check: exactly('这是子进程: 123') },
  { file: '40-pipe-ping-pong', check: exactly('from father', 'from son') },
  { file: '41-manager-without-block', check: exactly('10 keys, 10 items, the same: true') },
  { file: '42-lock', check: anyOrder(...numbers(10).map((i) => `hello world ${i}`)) },
  {
    file: '43-pool-callback-result',
    check(run) {
      assert.equal(run.code, 0);
      assert.equal(run.lines.length, 21);
      const parent = /^父进程: (\d+)$/.exec(run.lines[0]!)![1];
      assert.equal(matching(run, /^进程: \d+$/).length, 10);
      assert.equal(matching(run, new RegExp(`^-->该子进程执行完毕: ok ${parent}$`)).length, 10);
    },
  },
];
