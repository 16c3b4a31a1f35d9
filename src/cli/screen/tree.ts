import { bytes, count, duration } from '../../base/units.ts';
import { hasFailed, isStarting, type Model, type ProcessView, type ThreadState } from '../../model/index.ts';
import { makeReport, type Styler, safe, treeRows } from '../../model/report/index.ts';
import { mainWait, type Names, namesOf, waitText } from './wait-text.ts';

/** Process id → the blocking finding that it belongs to. */
export type Marks = ReadonlyMap<string, string>;

interface TreeContext {
  readonly names: Names;
  readonly now: number;
  readonly live: boolean;
  readonly marks: Marks;
  readonly styler: Styler;
}

/**
 * The process tree, one line a process.
 * @param now session time, ns
 * @param room most lines wanted: beyond it, processes that have ended are only counted, unless a finding is about them
 */
export function treeLines(
  model: Model,
  now: number,
  marks: Marks,
  styler: Styler,
  room = Number.POSITIVE_INFINITY,
): string[] {
  const views = new Map(model.processes().map((process) => [process.id, process]));
  const context = { names: namesOf(model), now, live: model.end === null, marks, styler };
  const { processes } = makeReport(model, now);
  const kept = processes.length > room ? fitting([...views.values()], marks, room) : undefined;
  const shown = kept === undefined ? processes : processes.filter(({ id }) => kept.has(id));
  const lines = treeRows(shown).flatMap(({ prefix, process }) => {
    const view = views.get(process.id);
    return view === undefined ? [] : [styler.dim(prefix) + processLine(view, context)];
  });
  const left = processes.length - shown.length;
  // Above the tree: what has no room at the end is cut off.
  return left === 0 ? lines : [styler.dim(`${count(left)} that have ended are not shown`), ...lines];
}

/** Ids of the processes that fit: all but those that ended well, else all but those that ended. */
function fitting(processes: readonly ProcessView[], marks: Marks, room: number): ReadonlySet<string> {
  const wanted = (process: ProcessView): boolean => process.end === null || marks.has(process.id);
  const told = withAncestors(processes, (process) => wanted(process) || hasFailed(process));
  // One line says what is not shown.
  return told.size < room ? told : withAncestors(processes, wanted);
}

/** The wanted ones, and who started them. */
function withAncestors(
  processes: readonly ProcessView[],
  wanted: (process: ProcessView) => boolean,
): ReadonlySet<string> {
  const byId = new Map(processes.map((process) => [process.id, process]));
  const kept = new Set(processes.slice(0, 1).map(({ id }) => id));
  for (const process of processes.filter(wanted)) {
    let next: ProcessView | undefined = process;
    for (; next !== undefined && !kept.has(next.id); next = byId.get(next.parent ?? '')) kept.add(next.id);
  }
  return kept;
}

function processLine(process: ProcessView, { names, now, live, marks, styler }: TreeContext): string {
  const { pid, cpu, memory, end } = process;
  const mark = marks.get(process.id);
  const wait = end === null ? mainWait(process) : undefined;
  const parts = [
    `${glyph(process, mark, styler)} ${styler.name(safe(process.name))} ${styler.dim(String(pid))}`,
    live && isStarting(process, now) ? styler.dim('starting') : stateText(process, styler),
    wait === undefined ? '' : waitText(wait, names, now),
    mark === undefined ? '' : styler.bad(mark),
    end === null && cpu !== null && memory !== null ? styler.dim(`${cpu.toFixed(0)} % ${bytes(memory)}`) : '',
  ];
  return parts.filter(Boolean).join('  ');
}

function glyph(process: ProcessView, mark: string | undefined, styler: Styler): string {
  if (mark !== undefined) return styler.bad('!');
  const { state, exitCode } = process;
  if (state !== 'exited') return GLYPHS[state](styler);
  return hasFailed(process) ? styler.bad('✗') : styler.dim(exitCode === null ? '–' : '✓');
}

const GLYPHS: Readonly<Record<Exclude<ThreadState, 'exited'>, (styler: Styler) => string>> = {
  running: ({ good }) => good('●'),
  blocked: ({ warn }) => warn('■'),
  waiting: ({ good }) => good('○'),
  idle: ({ dim }) => dim('○'),
};

function stateText(
  { state, exitCode, signal, start, end, instrumented, reason }: ProcessView,
  { dim }: Styler,
): string {
  if (state !== 'exited') return instrumented ? state : dim(`not traced: ${safe(reason)}`);
  const how = signal ?? (exitCode === null ? 'ended' : `exit code ${exitCode}`);
  return dim(end === null ? how : `${how} after ${duration(end - start)}`);
}

/** The line above the tree: how long the session lasts, how many processes live, how many messages came. */
export function headLine(model: Model, now: number, { dim }: Styler): string {
  const processes = model.processes();
  const alive = processes.filter((process) => process.end === null).length;
  const channels = model.channels();
  const messages = channels.reduce((sum, channel) => sum + channel.received, 0);
  return dim(
    `forkscope  ${duration(now)}  ${alive} of ${processes.length} processes alive  ` +
      `${count(messages)} messages over ${channels.length} channels`,
  );
}
