/** Children that end before they open their arguments: they let go of them, and their word keeps its class. */
import { isMain, Pipe, Process, TargetError } from 'forkscope';

export function take(_writer: unknown): void {}
const hidden = (): void => {};

if (isMain(import.meta)) {
  const [reader, writer] = Pipe<number>(false);
  const p = new Process({ target: take, args: [writer], name: 'dies' });
  await p.start();
  writer.close();
  const problem: unknown = await reader.recv({ timeout: 60 }).catch((error: unknown) => error);
  console.log(JSON.stringify({ end: (problem as Error).name, exitCode: await p.exited }));
  // This module is not evaluated to its end, so only the child can tell that nothing exports the function.
  const refused: unknown = await new Process({ target: hidden }).start().catch((error: unknown) => error);
  console.log(JSON.stringify({ refused: refused instanceof TargetError }));
} else if (process.title.includes('[dies]')) {
  process.exit(3);
}
