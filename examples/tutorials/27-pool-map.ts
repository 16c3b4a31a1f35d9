// `map` gives a list, `imap` one result after the other; both in the order of the input.
import { isMain, Pool } from 'forkscope';

export function func(name: string): string {
  return name.toUpperCase();
}

async function main(): Promise<void> {
  await using p = await Pool.create(5);
  console.log(await p.map(func, ['kel', 'smile']));
  for await (const name of p.imap(func, ['kel', 'smile'])) console.log(name);
}

if (isMain(import.meta)) void main();
