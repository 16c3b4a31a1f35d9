// A message there and one back.
import { type Connection, isMain, Pipe, Process } from 'forkscope';

export async function func(n: Connection): Promise<void> {
  console.log(await n.recv());
  await n.send('from son');
}

async function main(): Promise<void> {
  const [f, s] = Pipe();
  await new Process({ target: func, args: [s] }).start();
  await f.send('from father');
  console.log(await f.recv());
}

if (isMain(import.meta)) void main();
