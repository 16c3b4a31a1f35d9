// A worker that dies cannot be replaced: the system gives no more processes. The pool must stop the one that it has left.
import { activeChildren, isMain, Pool, setExecutable } from 'forkscope';
import { settled, tell, until } from './tell.ts';

export const square = (x: number): number => x * x;

async function main(): Promise<void> {
  const pool = new Pool(2);
  await pool.ready();
  // Workers are replaced; the replacement finds no executable, as when the system refuses.
  setExecutable('/nonexistent/node');
  const [victim] = pool.pids;
  const result = settled(async () => {
    await pool.apply(square, [1]);
    process.kill(victim ?? 0, 'SIGKILL');
    await until(() => pool.pids.length < 2, 'the end of the first worker');
    for (;;) await pool.apply(square, [2]);
  });
  const name = await result;
  await until(() => activeChildren().length === 0, 'the end of the others');
  tell({ 140: [name, activeChildren().length] });
  pool.terminate();
  await pool.join();
}

if (isMain(import.meta)) void main();
