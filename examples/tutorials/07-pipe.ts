// A pipe has two ends; the child sends and closes its own, the parent receives.
import { type Connection, isMain, Pipe, Process } from 'forkscope';

export async function f(conn: Connection): Promise<void> {
  await conn.send([66, null, 'hello,word']);
  conn.close();
}

async function main(): Promise<void> {
  const [parentConn, childConn] = Pipe();
  const p = new Process({ target: f, args: [childConn] });
  await p.start();
  console.log(await parentConn.recv());
  await p.join();
}

if (isMain(import.meta)) void main();
