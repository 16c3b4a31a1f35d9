import { bytes, count, duration } from '../../base/units.ts';
import {
  hasFailed,
  type Model,
  mainWait,
  type ProcessView,
  type ThreadView,
  type WaitView,
  waitOf,
} from '../../model/index.ts';
import { type Styler, safe, type TreeRow, treeRows } from '../../model/report/index.ts';
import {
  type Condition,
  conditionOf,
  countText,
  english,
  Labels,
  type Moment,
  processText,
  threadConditionOf,
  threadText,
} from '../../model/words/index.ts';

/** Process id → the blocking finding that it belongs to. */
export type Marks = ReadonlyMap<string, string>;

interface TreeContext extends Moment {
  readonly labels: Labels;
  readonly marks: Marks;
  readonly styler: Styler;
}

/**
 * The process tree: a line a process, and one a worker thread where there is room for all of them.
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
  const processes = model.processes();
  const labels = new Labels(english, {
    processes,
    channels: model.channels(),
    resources: model.resources(),
  });
  const context = { labels, now, live: model.end === null, marks, styler };
  const kept = processes.length > room ? fitting(processes, marks, room) : undefined;
  const shown = kept === undefined ? processes : processes.filter(({ id }) => kept.has(id));
  const workers = shown.reduce((sum, process) => sum + workersOf(process).length, 0);
  const hasRoom = shown.length + workers <= room;
  const lines = treeRows(shown).flatMap((row) => rowLines(row, hasRoom, context));
  const left = processes.length - shown.length;
  // Above the tree: what has no room at the end is cut off.
  return left === 0 ? lines : [styler.dim(`${count(left)} that have ended are not shown`), ...lines];
}

/** The threads that have lines of their own. */
function workersOf({ threads }: ProcessView): readonly ThreadView[] {
  return threads.filter(({ threadId }) => threadId !== 0);
}

function rowLines(row: TreeRow, threads: boolean, context: TreeContext): string[] {
  const { prefix, below, process, deeper } = row;
  const { styler } = context;
  const line = styler.dim(prefix) + processLine(process, context);
  const workers = threads ? workersOf(process) : [];
  const left =
    deeper === 0
      ? []
      : [styler.dim(`${below}… ${countText(english, deeper, 'process')} below, too deep to be shown`)];
  return [line, ...workers.map((thread) => styler.dim(below) + threadLine(thread, context)), ...left];
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

function processLine(process: ProcessView, context: TreeContext): string {
  const { labels, marks, styler } = context;
  const { id, pid, name, start, end, cpu, memory } = process;
  const mark = marks.get(id);
  const condition = conditionOf(process, mark !== undefined, context);
  const does = safe(processText(english, process, condition, labels, context));
  const isQuiet = end !== null || !process.instrumented;
  const parts = [
    `${glyph(condition, process, styler)} ${styler.name(safe(name))} ${styler.dim(String(pid))}`,
    isQuiet ? styler.dim(end === null ? does : `${does} after ${duration(end - start)}`) : does,
    end === null ? lasting(waitOf(process), context) : '',
    mark === undefined ? '' : styler.bad(mark),
    end === null && cpu !== null && memory !== null ? styler.dim(`${cpu.toFixed(0)} % ${bytes(memory)}`) : '',
  ];
  return parts.filter(Boolean).join('  ');
}

function threadLine(thread: ThreadView, context: TreeContext): string {
  const { labels, styler } = context;
  const condition = threadConditionOf(thread, false);
  const does = safe(threadText(english, thread, condition, labels));
  const parts = [
    `${GLYPHS[condition](styler)} ${styler.name(safe(thread.name))} ${styler.dim('thread')}`,
    thread.end === null ? does : styler.dim(`${does} after ${duration(thread.end - thread.start)}`),
    thread.end === null ? lasting(mainWait(thread.waits), context) : '',
  ];
  return parts.filter(Boolean).join('  ');
}

/** How long a wait has lasted. */
function lasting(wait: WaitView | undefined, { now, styler }: TreeContext): string {
  return wait === undefined ? '' : styler.dim(duration(Math.max(0, now - wait.since)));
}

function glyph(condition: Condition, { end, exitCode }: ProcessView, styler: Styler): string {
  // Nobody has learned how it ended.
  if (condition === 'ended' && end !== null && exitCode === null) return styler.dim('–');
  return GLYPHS[condition](styler);
}

const GLYPHS: Readonly<Record<Condition, (styler: Styler) => string>> = {
  stuck: ({ bad }) => bad('!'),
  paused: ({ warn }) => warn('‖'),
  blocked: ({ warn }) => warn('■'),
  waiting: ({ good }) => good('○'),
  running: ({ good }) => good('●'),
  idle: ({ dim }) => dim('○'),
  untraced: ({ dim }) => dim('●'),
  failed: ({ bad }) => bad('✗'),
  ended: ({ dim }) => dim('✓'),
};

/** The line above the tree: how long the session lasts, how many processes live, how many messages came. */
export function headLine(model: Model, now: number, { dim }: Styler): string {
  const processes = model.processes();
  const alive = processes.filter((process) => process.end === null).length;
  const channels = model.channels();
  const messages = channels.reduce((sum, channel) => sum + (channel.received ?? 0), 0);
  return dim(
    `forkscope  ${duration(now)}  ${alive} of ${countText(english, processes.length, 'process')} alive  ` +
      `${count(messages)} messages over ${channels.length} channels`,
  );
}
