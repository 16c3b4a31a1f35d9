import { say } from '../screen/terminal.ts';

/**
 * Waits for a key, so that a terminal that closes with its process can be read first. Without a terminal: at once.
 * @returns whether somebody has seen how it ended
 */
export async function hold(): Promise<boolean> {
  const { stdin } = process;
  if (!stdin.isTTY) return false;
  say('\nforkscope: press any key to close\n');
  await new Promise<void>((resolve) => {
    stdin.setRawMode(true);
    stdin.once('data', () => resolve());
    stdin.once('end', () => resolve());
    stdin.resume();
  });
  stdin.setRawMode(false);
  stdin.pause();
  return true;
}
