// certain
// A task waits for another one of the same pool, whose workers are all busy with such tasks; or there is a worker for it.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, Manager } from 'forkscope';

export async function leaf() {
  await sleep(3000);
  return 1;
}

export async function node(pool) {
  return await pool.apply(leaf, []); // named
}

if (isMain(import.meta)) {
  const manager = await Manager();
  const pool = await manager.Pool(process.argv[2] === 'fault' ? 1 : 2);
  console.log(await pool.apply(node, [pool]));
  await manager.shutdown();
}
