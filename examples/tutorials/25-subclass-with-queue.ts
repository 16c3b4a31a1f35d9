// Results through a queue: what each child puts is there after the joins.
import { isMain, Process, Queue } from 'forkscope';

export class MyProcess extends Process {
  readonly label: string;
  readonly q: Queue<string>;

  constructor(label: string, q: Queue<string>) {
    super();
    this.label = label;
    this.q = q;
  }

  override async run(): Promise<void> {
    await func(this.label, this.q);
  }
}

export async function func(name: string, q: Queue<string>): Promise<void> {
  console.log('start process...');
  await q.put(name.toUpperCase());
}

async function main(): Promise<void> {
  const q = new Queue<string>();
  const processes = Array.from({ length: 3 }, () => new MyProcess('kel', q));
  for (const p of processes) await p.start();
  for (const p of processes) await p.join();
  while (q.qsize() > 0) console.log(await q.get());
}

if (isMain(import.meta)) void main();
