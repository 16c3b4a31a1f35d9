// One parent with twelve children, to be looked at from outside: `pstree -p`, `ps`, or Forkscope's tree.
// Every child shows its name as its title.
import { activeChildren, isMain, Process } from 'forkscope';
import { sleep } from './support/time.ts';

export async function func(): Promise<void> {
  await sleep(3);
}

async function main(): Promise<void> {
  const processes = Array.from({ length: 12 }, (_, i) => new Process({ name: `leaf-${i}`, target: func }));
  for (const p of processes) await p.start();
  console.log('children:', activeChildren().length);
  for (const p of processes) await p.join();
}

if (isMain(import.meta)) void main();
