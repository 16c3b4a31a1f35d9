import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Has `act` read a trace: the folder that is given, or, of a packed one, a folder into which it is unpacked meanwhile.
 * @throws UserError when a file is given that is no packed trace
 */
export async function withTrace<T>(given: string, act: (dir: string) => T | Promise<T>): Promise<T> {
  if (statSync(given, { throwIfNoEntry: false })?.isFile() !== true) return act(given);
  // Loaded when it is wanted: every run would pay for its libraries.
  const { unpackTrace } = await import('../../session/directory/pack.ts');
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-unpacked-'));
  const clear = () => rmSync(scratch, { recursive: true, force: true });
  process.once('exit', clear);
  try {
    const dir = path.join(scratch, path.parse(given).name);
    await unpackTrace(given, dir);
    return await act(dir);
  } finally {
    process.off('exit', clear);
    clear();
  }
}
