// Several messages over one pipe, in order, and one back.
import { type Connection, isMain, Pipe, Process } from 'forkscope';

export async function f(conn: Connection): Promise<void> {
  await conn.send([66, null, 'hello,word']);
  await conn.send('QQ');
  console.log(await conn.recv());
  conn.close();
}

async function main(): Promise<void> {
  const [parentConn, childConn] = Pipe();
  const p = new Process({ target: f, args: [childConn] });
  await p.start();
  console.log(await parentConn.recv());
  console.log(await parentConn.recv());
  await parentConn.send('微信');
  await p.join();
}

if (isMain(import.meta)) void main();
