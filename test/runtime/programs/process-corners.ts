import * as fs from 'node:fs';
import { isMain, Process, Queue } from 'forkscope';
import { settled, sleep, tell } from './tell.ts';

export function withoutOutput(): void {
  fs.closeSync(1);
  fs.closeSync(2);
}
export async function brokenOutput(): Promise<void> {
  process.stdout.destroy();
  process.stderr.destroy();
  await sleep(1);
}
export async function startsChild(results: Queue<unknown>): Promise<void> {
  const child = new Process({ target: withoutOutput });
  await results.put([await settled(() => child.start()), child.daemon]);
  const message = await child.start().catch((error: Error) => error.message);
  await results.put(message);
}
export async function napping(): Promise<void> {
  await sleep(200);
}

async function main(): Promise<void> {
  const exits: unknown[] = [];
  for (const target of [withoutOutput, brokenOutput]) {
    const child = new Process({ target });
    await child.start();
    await child.join();
    exits.push(child.exitCode);
  }
  const results = new Queue<unknown>();
  const daemon = new Process({ target: startsChild, args: [results], daemon: true });
  await daemon.start();
  tell({ 36: exits, 9: [await results.get(), await results.get()] });
  await daemon.join();

  let signals = 0;
  process.on('SIGUSR2', () => signals++);
  const child = new Process({ target: napping });
  await child.start();
  const joining = child.join();
  process.kill(process.pid, 'SIGUSR2');
  await joining;
  tell({ 45: [child.exitCode, signals] });
  process.removeAllListeners('SIGUSR2');

  const grouped = new Process({ target: napping, ...({ group: 'a group' } as object) });
  await grouped.start();
  await grouped.join();
  tell({ 4: [grouped.exitCode, 'group' in grouped] });
}

if (isMain(import.meta)) void main();
