import path from 'node:path';
import { createInterface } from 'node:readline';
import { processTable } from '../../session/os/index.ts';
import {
  foundIn,
  inspectProgram,
  type LookWord,
  NotInspectable,
  namesSignal,
  programSystem,
  runningPrograms,
  shortName,
} from '../../untraced/index.ts';
import type { LookOptions } from '../arguments/options.ts';

/**
 * For the editor: tells which programs run; or looks into one, after `go` on stdin. Ends, with everything closed that was opened,
 * when stdin ends: the editor has gone, or its user has cancelled. Everything is said as lines of JSON ({@link LookWord}).
 */
export async function look(pid: number | undefined, { without }: LookOptions): Promise<number> {
  if (pid !== undefined) await lookInto(pid);
  else {
    const own = path.dirname(process.argv[1] ?? '');
    say({ type: 'programs', programs: await runningPrograms({ without, own }) });
  }
  return 0;
}

async function lookInto(pid: number): Promise<void> {
  const system = programSystem();
  const barrier = system.barrier(pid);
  if (barrier !== null) return say({ type: 'problem', problem: barrier });
  const [argv, cwd] = [system.argv(pid), system.cwd(pid)];
  const stop = new AbortController();
  const lines = createInterface({ input: process.stdin });
  const agreed = new Promise<boolean>((resolve) => {
    lines.once('line', (line) => resolve(line === 'go'));
    lines.once('close', () => {
      resolve(false);
      stop.abort();
    });
  });
  const [entry] = await processTable().descendants([pid]);
  const { start = '' } = entry ?? {};
  say({ type: 'consent', pid, start, name: shortName({ argv, pid }), listens: namesSignal(argv, cwd) });
  try {
    if (!(await agreed)) return;
    const onProcess = (each: number, index: number, count: number): void =>
      say({ type: 'looking', pid: each, index, count });
    say({ type: 'found', found: foundIn(await inspectProgram(pid, { signal: stop.signal, onProcess })) });
  } catch (error) {
    if (stop.signal.aborted) return;
    if (!(error instanceof NotInspectable)) throw error;
    say({ type: 'problem', problem: error.message });
  } finally {
    lines.close();
    process.stdin.destroy();
  }
}

function say(word: LookWord): void {
  process.stdout.write(`${JSON.stringify(word)}\n`);
}
