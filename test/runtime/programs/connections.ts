// Listeners, clients, connections through connections, and wait, between processes.
import {
  type Address,
  Client,
  type Connection,
  isMain,
  Listener,
  Pipe,
  Process,
  Queue,
  type SocketConnection,
  wait,
} from 'forkscope';
import { settled, sleep, tell } from './tell.ts';

const KEY = Buffer.from('the key');

export async function visit(address: Address, key: string, results: Queue<unknown>): Promise<void> {
  const authkey = key === '' ? {} : { authkey: Buffer.from(key) };
  let connection: SocketConnection;
  try {
    connection = await Client(address, authkey);
  } catch (error) {
    await results.put((error as Error).name);
    return;
  }
  await connection.send(['hello', process.pid]);
  await results.put(await connection.recv());
  connection.close();
}

/** Sends on the connection that comes through another one, and one of its own back. */
export async function relay(through: Connection<Connection<string>, Connection<string>>): Promise<void> {
  const given = await through.recv();
  await given.send('sent on what was given');
  given.close();
  const [reader, writer] = Pipe<string>(false);
  await through.send(reader);
  reader.close();
  await writer.send('sent from the child');
  writer.close();
}

export async function write(writer: Connection<[number, number]>, from: number): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await writer.send([from, i]);
    if (i % 3 === from % 3) await sleep(2);
  }
  writer.close();
}

export async function exitSoon(): Promise<void> {
  await sleep(10);
}

async function listeners(): Promise<void> {
  const results = new Queue<unknown>();
  const seen: unknown[] = [];
  for (const family of ['AF_INET', 'AF_UNIX'] as const) {
    const listener = await Listener.create({ family, authkey: KEY });
    const child = new Process({ target: visit, args: [listener.address, String(KEY), results] });
    await child.start();
    const connection = await listener.accept();
    const [word, pid] = (await connection.recv()) as [string, number];
    await connection.send('welcome');
    seen.push([listener.family, word, pid === child.pid, await results.get()]);
    await child.join();
    connection.close();
    listener.close();
  }
  tell({ 162: seen });

  const listener = await Listener.create({ authkey: KEY });
  const stranger = new Process({ target: visit, args: [listener.address, 'another key', results] });
  await stranger.start();
  const refused = await settled(() => listener.accept());
  tell({ 164: [refused, await results.get()] });
  await stranger.join();
  listener.close();
}

async function handOver(): Promise<void> {
  const [here, there] = Pipe<Connection<string>>();
  const child = new Process({
    target: relay,
    args: [there as unknown as Connection<Connection<string>, Connection<string>>],
  });
  await child.start();
  there.close();
  const [reader, writer] = Pipe<string>(false);
  await here.send(writer);
  writer.close();
  const received = [await reader.recv(), await settled(() => reader.recv())];
  const given = await here.recv();
  received.push(await given.recv(), await settled(() => given.recv()));
  tell({ 160: received });
  await child.join();
}

async function waiting(): Promise<void> {
  const pipes = [0, 1, 2, 3].map(() => Pipe<[number, number]>(false));
  const children = pipes.map(([, writer], i) => new Process({ target: write, args: [writer, i] }));
  await Promise.all(children.map((child) => child.start()));
  for (const [, writer] of pipes) writer.close();
  const messages: [number, number][] = [];
  const readers = new Set(pipes.map(([reader]) => reader));
  while (readers.size > 0) {
    for (const reader of await wait(readers)) {
      const message = await reader.recv().catch(() => undefined);
      if (message === undefined) readers.delete(reader);
      else messages.push(message as [number, number]);
    }
  }
  const ordered = [0, 1, 2, 3].every((from) =>
    messages.filter(([one]) => one === from).every(([, i], place) => i === place),
  );
  tell({ 167: [messages.length, ordered] });
  for (const child of children) await child.join();

  const [a, b] = Pipe<number>();
  const short = new Process({ target: exitSoon });
  await short.start();
  const nothing = await wait([a], 0.02);
  const sentinel = await wait([a, short as unknown as Process], 30);
  await b.send(1);
  const both = await wait([a, short as unknown as Process], -1);
  tell({ 166: [nothing.length, sentinel.length, sentinel[0] === (short as unknown), both.length] });
}

if (isMain(import.meta)) {
  void (async () => {
    await listeners();
    await handOver();
    await waiting();
  })();
}
