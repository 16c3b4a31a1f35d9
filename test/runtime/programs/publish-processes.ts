import { subscribe } from 'node:diagnostics_channel';
import { isMain, Process, Queue } from 'forkscope';

interface Event {
  readonly op: string;
  readonly n: number;
  readonly value: number;
  readonly outcome: string;
  readonly target: { readonly spawnKey: string; readonly pid: number } | undefined;
}

export async function tellKey(queue: Queue<string | undefined>, code: number): Promise<void> {
  await queue.put(process.env.FORKSCOPE_SPAWN);
  process.exitCode = code;
}
export async function waitForEver(): Promise<void> {
  await new Queue().get();
}
export async function deaf(ready: Queue<boolean>): Promise<void> {
  process.on('SIGTERM', () => process.exit(0));
  await ready.put(true);
  await new Queue().get();
}
export async function last(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
}

async function main(): Promise<void> {
  const queue = new Queue<string | undefined>();
  const quiet = new Process({ target: tellKey, args: [queue, 0] });
  await quiet.start();
  console.log(`unobserved child has a spawn key: ${(await queue.get()) !== undefined}`);
  await quiet.join();

  const events: Event[] = [];
  for (const op of ['start', 'waitJoin', 'childExit', 'waitEnd', 'exiting', 'signal']) {
    subscribe(`forkscope:${op}`, (event) => {
      const { target } = event as Event;
      if (target === undefined || 'spawnKey' in target) events.push({ ...(event as Event) });
    });
  }
  const child = new Process({ target: tellKey, args: [queue, 5] });
  await child.start();
  const key = await queue.get();
  await child.join();
  const [start, ...rest] = events.splice(0);
  console.log(`child key equals the published one: ${key === start?.target?.spawnKey}`);
  console.log(
    `start pid known: ${start?.n === child.pid && start?.target?.pid === child.pid}, key is the runtime’s: ${key?.startsWith('rt-')}`,
  );
  const words = rest.map(({ op, value, outcome }) =>
    op === 'childExit' ? `${op} ${value}` : op === 'waitEnd' ? `${op} ${outcome}` : op,
  );
  console.log(words.join(', '));

  const victim = new Process({ target: waitForEver });
  await victim.start();
  victim.kill();
  await victim.exited;
  console.log(`killed: childExit ${events.find(({ op }) => op === 'childExit')?.value}`);

  const ready = new Queue<boolean>();
  const asked = new Process({ target: deaf, args: [ready] });
  await asked.start();
  await ready.get();
  asked.terminate();
  await asked.exited;
  const signal = events.find(({ op }) => op === 'signal');
  console.log(`asked to end: ${signal?.n === asked.pid}, signal ${signal?.value}`);

  await new Process({ target: last }).start();
  events.length = 0;
  subscribe('forkscope:exiting', () => console.log('exiting'));
  subscribe('forkscope:waitJoin', () => console.log('waitJoin'));
}

if (isMain(import.meta)) void main();
