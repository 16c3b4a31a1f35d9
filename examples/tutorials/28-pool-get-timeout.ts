// Seven results, each awaited for at most 2.1 s. `Pool.create` resolves when the workers are ready, so that their start
// is not part of that time.
import { type AsyncResult, isMain, Pool } from 'forkscope';
import { budget, sleep } from './support/time.ts';

export async function func(name: string): Promise<string> {
  console.log('start process');
  await sleep(2);
  return name.toUpperCase();
}

async function main(): Promise<void> {
  await using p = await Pool.create(5);
  const results: AsyncResult<string>[] = [];
  for (let i = 0; i < 7; i++) results.push(p.applyAsync(func, ['kel']));
  for (const r of results) console.log(await r.get(budget(2.1)));
}

if (isMain(import.meta)) void main();
