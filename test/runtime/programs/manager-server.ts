// A manager that serves remote clients until SIGTERM.
import { isMain, Manager } from 'forkscope';

async function main(): Promise<void> {
  const manager = await Manager({ address: ['127.0.0.1', 0], authkey: Buffer.from('key') });
  console.log(JSON.stringify({ address: manager.address, pid: manager.pid }));
  const alive = setInterval(() => {}, 60_000);
  await new Promise((resolve) => process.once('SIGTERM', resolve));
  clearInterval(alive);
  await manager.shutdown();
}

if (isMain(import.meta)) void main();
