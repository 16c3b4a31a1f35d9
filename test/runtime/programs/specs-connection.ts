// Spec S12: messages of bytes. Arguments: the spec, and the file that has it.
import { readFileSync } from 'node:fs';
import { type Connection, isMain, Pipe, Process } from 'forkscope';
import { settled, tell } from './tell.ts';

/** Sends back what comes, until the end. */
export async function echo(connection: Connection<unknown>): Promise<void> {
  for (;;) {
    let bytes: Buffer;
    try {
      bytes = await connection.recvBytes();
    } catch {
      return;
    }
    await connection.sendBytes(bytes);
  }
}

async function main(): Promise<void> {
  const [id = '', file = ''] = process.argv.slice(2);
  const spec = JSON.parse(readFileSync(file, 'utf8'))[id] as {
    readonly msg: string;
    readonly cases: readonly [number[], string][];
  };
  const [here, there] = Pipe<unknown>();
  const child = new Process({ target: echo, args: [there] });
  await child.start();
  there.close();

  const message = Buffer.from(spec.msg);
  const cases: unknown[] = [];
  for (const [[offset, size]] of spec.cases) {
    const sent = await settled(() => here.sendBytes(message, offset, size));
    const given = [offset, size].filter((number) => number !== undefined);
    cases.push([given, sent ?? (await here.recvBytes()).toString()]);
  }

  const [reader, writer] = Pipe<unknown>(false);
  const simplex = {
    'reader.send': await settled(() => reader.send(1)),
    'writer.recv': await settled(() => writer.recv()),
    'writer.poll': await settled(() => writer.poll()),
  };
  const poll_empty = await reader.poll();
  await writer.sendBytes(Buffer.alloc(0));
  const poll_after_empty_message = await reader.poll();
  await reader.recvBytes();
  for (const part of ['a', 'b', 'cd']) await writer.sendBytes(Buffer.from(part));
  const messages_not_merged: string[] = [];
  while (await reader.poll()) messages_not_merged.push((await reader.recvBytes()).toString());
  writer.close();
  const recv_after_peer_closed = await settled(() => reader.recv());

  const big = Buffer.alloc(16 * 1024 * 1024, 'forkscope');
  const sending = here.sendBytes(big);
  const big_16MiB_roundtrip = (await here.recvBytes()).equals(big);
  await sending;
  here.close();
  await child.join();
  const state = { poll_empty, poll_after_empty_message, messages_not_merged, recv_after_peer_closed };
  tell({ cases, simplex, ...state, big_16MiB_roundtrip });
}

if (isMain(import.meta)) void main();
