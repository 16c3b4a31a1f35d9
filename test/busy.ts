import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';

/** A program whose threads take a processor for as long as its stdin is open; it says when they do. */
const SPINS =
  "new (require('node:worker_threads').Worker)('for (;;);', { eval: true });" +
  "process.stdin.on('end', () => process.exit()).resume(); console.log('spins');";

/** Takes as many processors as there are, by processes of our own priority that end when this one does, however it does. */
export async function takeProcessors(): Promise<{ release(): Promise<void> }> {
  const taken = await Promise.all(Array.from({ length: os.availableParallelism() }, takeOne));
  return { release: async () => void (await Promise.all(taken.map(end))) };
}

async function takeOne(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', SPINS], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

function end(child: ChildProcess): Promise<unknown> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  return exit;
}
