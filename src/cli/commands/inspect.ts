import { createInterface } from 'node:readline/promises';
import { printable, safe } from '../../model/index.ts';
import { consentNeeded, EXIT, notInspectable } from '../../session/index.ts';
import {
  inspectProgram,
  NotInspectable,
  namesSignal,
  type Program,
  programLines,
  programSystem,
  remarks,
} from '../../untraced/index.ts';
import type { InspectOptions } from '../arguments/options.ts';
import { say } from '../screen/terminal.ts';

const MEGABYTE = 1024 * 1024;
const CLEAR = '\u001b[K';
/** As shells say it: 128 + SIGINT. */
const INTERRUPTED = 130;

/** Looks into a running program that nobody traced, once its user agrees to what that does to it. */
export function inspect(pid: number, options: InspectOptions): Promise<number> {
  return show(pid, options, programLines);
}

/** Looks into a program with the consent of its user, and says what was found as `lines` tells it, or as JSON. */
export async function show(
  pid: number,
  { json, yes, heap }: InspectOptions,
  lines: (program: Program) => string[],
): Promise<number> {
  if (!(await agreed(pid, yes === true))) return EXIT.usage;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const program = await look(pid, heap, stop.signal).catch((error: unknown) => {
    if (stop.signal.aborted) return null;
    throw error;
  });
  if (program === null) return INTERRUPTED;
  const text = json
    ? JSON.stringify({ ...program, remarks: remarks(program) })
    : lines(program).map(printable).join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}

async function look(pid: number, heap: number | undefined, signal: AbortSignal): Promise<Program> {
  try {
    return await inspectProgram(pid, {
      signal,
      ...(heap === undefined ? {} : { heapLimit: heap * MEGABYTE }),
      onProcess: (each, index, count) => {
        if (process.stderr.isTTY) say(`\r${CLEAR}forkscope: looking into ${each} (${index + 1} of ${count})`);
      },
    });
  } catch (error) {
    if (error instanceof NotInspectable) throw notInspectable(pid, error.message, error);
    throw error;
  } finally {
    if (process.stderr.isTTY) say(`\r${CLEAR}`);
  }
}

/** What is done to the program is said before, and done only with consent. */
async function agreed(pid: number, yes: boolean): Promise<boolean> {
  const system = programSystem();
  const listens = namesSignal(system.argv(pid), system.cwd(pid));
  const effects = [
    `Each Node process at and below ${pid} gets SIGUSR1, opens its inspector on this machine's loopback, writes`,
    '"Debugger listening on …" to its stderr, stands still for about 0.2 s, and closes its inspector again.',
    ...(listens === null
      ? []
      : [`${safe(listens)} names SIGUSR1: the program may have a listener for it, which would run.`]),
  ];
  if (yes && listens === null) return true;
  say(`${effects.join('\n')}\n`);
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw consentNeeded();
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await ask.question('Go on? [y/N] ').finally(() => ask.close());
  return /^y(es)?$/i.test(answer.trim());
}
