import { isMain, Process, Queue } from 'forkscope';

interface Item {
  readonly from: number;
  readonly i: number;
}

export async function produce(queue: Queue<Item | null>, from: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) await queue.put({ from, i });
    else queue.putSync({ from, i });
  }
}

export async function consume(queue: Queue<Item | null>, results: Queue<Item[]>): Promise<void> {
  const got: Item[] = [];
  for await (const item of queue) {
    if (item === null) break;
    got.push(item);
  }
  await results.put(got);
}

export async function putMore(queue: Queue<number>): Promise<void> {
  for (let i = 10; i < 20; i++) await queue.put(i);
}

export async function startGrandchild(queue: Queue<string>): Promise<void> {
  const child = new Process({ target: putDeep, args: [queue] });
  await child.start();
  await child.join();
}
export async function putDeep(queue: Queue<string>): Promise<void> {
  await queue.put('deep');
}

export async function putLarge(queue: Queue<string>): Promise<void> {
  await queue.put('x'.repeat(1_000_000));
}

async function manyToMany(): Promise<void> {
  const queue = new Queue<Item | null>({ maxsize: 50 });
  const results = new Queue<Item[]>();
  const producers = [0, 1].map((from) => new Process({ target: produce, args: [queue, from, 2000] }));
  const consumers = [0, 1].map(() => new Process({ target: consume, args: [queue, results] }));
  await Promise.all([...producers, ...consumers].map((process) => process.start()));
  for (const producer of producers) await producer.join();
  for (const _ of consumers) await queue.put(null);
  const lists = [await results.get(), await results.get()];
  for (const consumer of consumers) await consumer.join();
  const all = lists.flat().map(({ from, i }) => `${from}:${i}`);
  const ordered = lists.every((list) =>
    [0, 1].every((from) =>
      list
        .filter((item) => item.from === from)
        .every((item, at, own) => at === 0 || (own[at - 1]?.i ?? 0) < item.i),
    ),
  );
  console.log(
    `all ${new Set(all).size} items once, in order per producer: ${all.length === 4000 && ordered}`,
  );
}

async function main(): Promise<void> {
  await manyToMany();
  const numbers = new Queue<number>();
  for (let i = 0; i < 10; i++) await numbers.put(i);
  const child = new Process({ target: putMore, args: [numbers] });
  await child.start();
  const got: number[] = [];
  for (let i = 0; i < 20; i++) got.push(await numbers.get());
  console.log(`parent 0-9 then child 10-19: ${got}`);

  const words = new Queue<string>();
  const nested = new Process({ target: startGrandchild, args: [words] });
  await nested.start();
  console.log(`from the grandchild: ${await words.get()}`);

  const large = new Process({ target: putLarge, args: [words] });
  await large.start();
  await large.join();
  console.log(`joined before reading ${(await words.get()).length} characters`);
}

if (isMain(import.meta)) void main();
