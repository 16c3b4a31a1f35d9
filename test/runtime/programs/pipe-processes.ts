import { type Connection, isMain, Pipe, Process, Queue } from 'forkscope';

export async function sendAndEnd(writer: Connection): Promise<void> {
  await writer.send('one');
}
export async function holdOpen(end: Connection, ready: Queue<boolean>): Promise<void> {
  await ready.put(!end.closed);
  await new Queue().get();
}
export async function useInner(outer: Connection<Connection<string>>): Promise<void> {
  const inner = await outer.recv();
  await inner.send('through');
}
export async function show(end: Connection): Promise<void> {
  console.log(`child got ${JSON.stringify(await end.recv())}`);
}

async function nameOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    (value) => `value ${String(value)}`,
    (error: Error & { code?: string }) => error.code ?? error.name,
  );
}

async function main(): Promise<void> {
  const [reader, writer] = Pipe(false);
  const child = new Process({ target: sendAndEnd, args: [writer] });
  await child.start();
  await child.join();
  await reader.recv();
  console.log(`no end while the parent holds its copy: ${await nameOf(reader.recv({ timeout: 0.3 }))}`);
  writer.close();
  console.log(`end when all are closed: ${await nameOf(reader.recv())}`);

  const ready = new Queue<boolean>();
  const [reader2, writer2] = Pipe(false);
  const holder = new Process({ target: holdOpen, args: [writer2, ready] });
  await holder.start();
  writer2.close();
  await ready.get();
  const end = nameOf(reader2.recv());
  holder.kill();
  console.log(`end when the writer is killed: ${await end}`);

  const [here, there] = Pipe<unknown, Connection<string>>();
  const [mine, yours] = Pipe<string>();
  const user = new Process({ target: useInner, args: [there] });
  await user.start();
  await here.send(yours);
  console.log(`a connection through a connection: ${await mine.recv()}`);

  const [parent, own] = Pipe();
  const shower = new Process({ target: show, args: [own] });
  await shower.start();
  await parent.send([66, null, 'hello,word']);
  await shower.join();

  const [reader3, writer3] = Pipe(false);
  const dying = new Process({ target: holdOpen, args: [reader3, ready] });
  await dying.start();
  reader3.close();
  await ready.get();
  dying.kill();
  await dying.join();
  console.log(`${await nameOf(writer3.send('x'))} when the reader is killed`);
}

if (isMain(import.meta)) void main();
