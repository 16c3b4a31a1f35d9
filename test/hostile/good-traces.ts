// Good traces to be made hostile: one that is saved, and recordings of examples.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../..');
export const SAVED = path.join(ROOT, 'test/fixtures/traces/v1-deadlock');

/** Records an example of the repository. @returns the folder of its trace */
export async function record(example: string, into: string): Promise<string> {
  const dir = path.join(into, path.basename(example, '.ts'));
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const options = ['--no-report', '--on-deadlock', 'kill', '--node', process.execPath, '--trace', dir];
  const file = path.join(ROOT, 'examples', example);
  const cli = path.join(ROOT, 'dist/cli.js');
  await promisify(execFile)(process.execPath, [cli, 'run', ...options, file], { env }).catch(
    // A deadlock ends with a code of its own.
    (error: { code?: unknown }) => {
      if (error.code !== 3) throw error;
    },
  );
  return dir;
}
