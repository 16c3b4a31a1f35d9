import { say } from './terminal.ts';

/** Waits for a key, so that a terminal that closes with its process can be read first. Without a terminal: at once. */
export async function hold(): Promise<void> {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  say('\nforkscope: press any key to close\n');
  await new Promise<void>((resolve) => {
    stdin.setRawMode(true);
    stdin.once('data', () => resolve());
    stdin.once('end', () => resolve());
    stdin.resume();
  });
  stdin.setRawMode(false);
  stdin.pause();
}
