// The pitfall: a result stored on `this` in the child stays in the child. The parent's objects keep their empty result.
import { isMain, Process } from 'forkscope';

export class MyProcess extends Process {
  res = '';

  readonly label: string;
  readonly arg: string;

  constructor(label: string, arg: string) {
    super();
    this.label = label;
    this.arg = arg;
  }

  override run(): void {
    this.res = func(this.arg);
    console.log(this.label);
    console.log(this.res);
  }
}

export function func(name: string): string {
  console.log('start process...');
  return name.toUpperCase();
}

async function main(): Promise<void> {
  const processes = Array.from({ length: 3 }, () => new MyProcess('process', 'kel'));
  for (const p of processes) await p.start();
  for (const p of processes) await p.join();
  for (const p of processes) console.log(p.res);
}

if (isMain(import.meta)) void main();
