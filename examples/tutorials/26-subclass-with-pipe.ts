// Three children share one end of a pipe; the parent receives three messages.
import { type Connection, isMain, Pipe, Process } from 'forkscope';

export class MyProcess extends Process {
  readonly label: string;
  readonly conn: Connection;

  constructor(label: string, conn: Connection) {
    super();
    this.label = label;
    this.conn = conn;
  }

  override async run(): Promise<void> {
    await func(this.label, this.conn);
  }
}

export async function func(name: string, conn: Connection): Promise<void> {
  console.log('start process...');
  await conn.send(name.toUpperCase());
}

async function main(): Promise<void> {
  const [parentConn, childConn] = Pipe();
  const processes = Array.from({ length: 3 }, () => new MyProcess('kel', childConn));
  for (const p of processes) await p.start();
  for (const p of processes) await p.join();
  for (const _ of processes) console.log(await parentConn.recv());
}

if (isMain(import.meta)) void main();
