import type { Model, ProcessView, ThreadState } from '../model/index.ts';
import type { Paint } from './terminal.ts';
import { bytes, duration } from './units.ts';
import { mainWait, type Names, namesOf, waitText } from './wait-text.ts';

/** Processes that belong to a blocking finding are marked with it. */
export type Marks = ReadonlyMap<string, string>;

/** The process tree, one line a process. */
export function treeLines(model: Model, marks: Marks, paint: Paint): string[] {
  const processes = model.processes();
  const byId = new Map(processes.map((process) => [process.id, process]));
  const names = namesOf(model);
  const lines: string[] = [];
  const add = (process: ProcessView, indent: string, branch: string): void => {
    lines.push(`${paint.dim(indent + branch)}${processLine(process, names, model.lastTime, marks, paint)}`);
    const children = process.children.map((id) => byId.get(id)).filter((child) => child !== undefined);
    const below = indent + (branch === '' ? '' : branch === '└─ ' ? '   ' : '│  ');
    for (const child of children) add(child, below, child === children.at(-1) ? '└─ ' : '├─ ');
  };
  for (const process of processes) if (process.parentId === null) add(process, '', '');
  return lines;
}

function processLine(process: ProcessView, names: Names, now: number, marks: Marks, paint: Paint): string {
  const { name, pid, cpu, memory, end } = process;
  const mark = marks.get(process.id);
  const parts = [
    `${glyph(process, mark, paint)} ${paint.bold(name)} ${paint.dim(String(pid))}`,
    stateText(process, paint),
  ];
  const wait = end === null ? mainWait(process) : undefined;
  if (wait !== undefined) parts.push(waitText(wait, names, now));
  if (mark !== undefined) parts.push(paint.red(mark));
  if (end === null && cpu !== null && memory !== null)
    parts.push(paint.dim(`${cpu.toFixed(0)} % ${bytes(memory)}`));
  if (!process.instrumented && process.reason !== '') parts.push(paint.dim(`(${process.reason})`));
  return parts.filter(Boolean).join('  ');
}

function glyph({ state, exitCode, signal }: ProcessView, mark: string | undefined, paint: Paint): string {
  if (mark !== undefined) return paint.red('!');
  if (state === 'exited') return signal === null && exitCode === 0 ? paint.dim('✓') : paint.red('✗');
  return GLYPHS[state](paint);
}

const GLYPHS: Readonly<Record<ThreadState, (paint: Paint) => string>> = {
  running: (paint) => paint.green('●'),
  blocked: (paint) => paint.yellow('■'),
  waiting: (paint) => paint.cyan('○'),
  idle: (paint) => paint.dim('○'),
  exited: (paint) => paint.dim('✓'),
};

function stateText({ state, exitCode, signal, start, end, instrumented }: ProcessView, paint: Paint): string {
  if (state !== 'exited') return instrumented ? state : 'running (not traced)';
  const how = signal ?? (exitCode === null ? 'ended' : `exit ${exitCode}`);
  return paint.dim(end === null ? how : `${how} after ${duration(end - start)}`);
}

/** What the living tree says above itself. */
export function headLine(model: Model, paint: Paint): string {
  const processes = model.processes();
  const alive = processes.filter((process) => process.end === null).length;
  const channels = model.channels();
  const messages = channels.reduce((sum, channel) => sum + channel.received, 0);
  return paint.dim(
    `forkscope  ${duration(model.lastTime)}  ${alive} of ${processes.length} processes alive  ` +
      `${messages} messages over ${channels.length} channels`,
  );
}
