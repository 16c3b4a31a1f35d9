import { inspect } from 'node:util';
import { activeChildren, currentProcess, isMain, Process, parentProcess, Queue } from 'forkscope';

export async function report(
  queue: Queue<unknown>,
  _one: number,
  _two: number,
  kwargs: object,
): Promise<void> {
  const me = currentProcess();
  for (const item of [[_one, _two], kwargs, me.name, me.pid, parentProcess()?.name === 'MainProcess'])
    await queue.put(item);
}
export function end(way: string): void {
  if (way === 'throw') throw new Error('thrown in the child');
  if (way.startsWith('exit')) process.exit(way === 'exit' ? undefined : Number(way.slice(4)));
  if (way === 'hard') process.reallyExit(9);
  if (way === 'sleep') setInterval(() => {}, 1000);
}
export async function recurse(queue: Queue<number[]>, id: number[]): Promise<void> {
  await queue.put(id);
  if (id.length >= 2) return;
  for (const i of [0, 1]) {
    const child = new Process({ target: recurse, args: [queue, [...id, i]] });
    await child.start();
    await child.join();
  }
}
export async function nestedName(queue: Queue<string>): Promise<void> {
  await queue.put(new Process().name);
}
export async function daemonStarts(queue: Queue<string>): Promise<void> {
  await queue.put(await new Process({ target: end, args: ['return'] }).start().then(() => 'started', String));
}
export class Sub extends Process {
  readonly #hidden = 1;
  readonly given: number;
  readonly queue: Queue<string>;
  result: number | undefined;
  constructor(given: number, queue: Queue<string>) {
    super({ name: 'Sub-1' });
    this.given = given;
    this.queue = queue;
  }
  override async run(): Promise<void> {
    this.result = this.given;
    await this.queue.put(`${this.name} got ${this.result} in the child`);
  }
  hidden(): number {
    return this.#hidden;
  }
}
declare global {
  namespace NodeJS {
    interface Process {
      reallyExit(code: number): never;
    }
  }
}

const errorName = (action: () => unknown): string => {
  try {
    action();
    return 'ok';
  } catch (error) {
    return (error as Error).name;
  }
};

async function lifecycle(): Promise<void> {
  const queue = new Queue<unknown>(1);
  const child = new Process({
    target: report,
    args: [queue, 1, 2],
    kwargs: { hello: 23, bye: 2.54 },
    name: 'SomeProcess',
    daemon: true,
  });
  const listed = (): boolean => activeChildren().includes(child as unknown as Process);
  console.log(`before: ${child.isAlive()} ${child.exitCode} ${listed()} ${child.daemon}`);
  await child.start();
  console.log(`after: ${child.isAlive()} ${child.exitCode} ${listed()}`);
  const got: unknown[] = [];
  for (let i = 0; i < 5; i++) got.push(await queue.get());
  if (got[3] === child.pid) got[3] = 'its pid';
  console.log(`received: ${JSON.stringify(got)}`);
  await child.join();
  console.log(`joined: ${child.isAlive()} ${child.exitCode} ${listed()}`);
}

async function exitCodes(): Promise<Process> {
  const ways = ['return', 'exit', 'exit0', 'exit8', 'throw', 'hard', 'sleep', 'sleep'];
  const children = ways.map((way) => new Process({ target: end, args: [way] }));
  await Promise.all(children.map((child) => child.start()));
  const [seventh, eighth] = [children[6], children[7]];
  if (seventh === undefined || eighth === undefined) throw new Error('unreachable');
  await Promise.all(children.slice(0, 6).map((child) => child.join()));
  await seventh.join(0);
  await seventh.join(-1);
  const closing = errorName(() => seventh.close());
  const twice = await seventh.start().catch((error: Error) => error.message);
  await seventh.join(0.2);
  const timed = `${seventh.isAlive()} ${seventh.exitCode}`;
  seventh.terminate();
  eighth.kill();
  await Promise.all(children.map((child) => child.join()));
  console.log(`exit codes: ${children.map((child) => child.exitCode).join(' ')}`);
  console.log(`close while alive: ${closing}`);
  console.log(`start twice: ${twice}`);
  console.log(`timed join: ${timed}`);
  return seventh as unknown as Process;
}

async function main(): Promise<void> {
  await lifecycle();
  const ended = await exitCodes();
  ended.close();
  const joined = await ended.join().then(
    () => 'ok',
    (error: Error) => error.name,
  );
  console.log(
    `after close: ${errorName(() => ended.isAlive())} ${joined} ${errorName(() => ended.terminate())} ${errorName(() => ended.close())}`,
  );

  const ids = new Queue<number[]>();
  await recurse(ids, []);
  const order: number[][] = [];
  while (!ids.empty()) order.push(ids.getNowait());
  console.log(`recursion: ${JSON.stringify(order)}`);

  const words = new Queue<string>();
  const sub = new Sub(42, words);
  await sub.start();
  await sub.join();
  console.log(`subclass: ${await words.get()}, result in the parent: ${inspect(sub.result)}`);

  const named = new Process({ target: nestedName, args: [words], name: 'Process-3' });
  await named.start();
  console.log(`nested name: ${await words.get()}`);

  const idle = new Process();
  await idle.start();
  await idle.join();
  console.log(`no target: ${idle.exitCode}`);

  const daemon = new Process({ target: daemonStarts, args: [words], daemon: true });
  await daemon.start();
  console.log(`daemon child: ${await words.get()}`);
  console.log(`exited resolves to ${await daemon.exited}`);
}

if (isMain(import.meta)) void main();
