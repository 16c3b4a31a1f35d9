import { bytes, count, duration } from '../../base/units.ts';
import {
  type ChannelView,
  type ConnectionView,
  hasFailed,
  isUsed,
  type ProcessView,
  type Report,
  type ThreadView,
} from '../types/index.ts';
import { countText, endText, english, Labels, livingText, resourceKindText } from '../words/index.ts';
import { type Cell, cut, PLAIN, type Styler, safe, table, wrap } from './layout.ts';
import { findingLines } from './text-findings.ts';
import { type TreeRow, treeRows } from './tree.ts';

const MOST_PROBLEMS = 10;
/** Columns: an error of the program may have a long message. */
const LONGEST_PROBLEM = 240;
/** The last sample of a thread is this old at its end, ns: it has told it itself. */
const UNTOLD = 50e6;
/** Why a process is not traced is a sentence, and the last that its line says. */
const LONGEST_REASON = 100;

export interface TextOptions {
  readonly styler?: Styler;
  /** Columns of the terminal. */
  readonly columns?: number;
  /** Most rows of a table; the rest is counted. */
  readonly mostRows?: number;
}

/** The report as lines of text: who started whom, what went through each channel, contended locks, findings. */
export function reportLines(report: Report, options: TextOptions = {}): string[] {
  const styler = options.styler ?? PLAIN;
  const columns = options.columns ?? 100;
  const most = options.mostRows ?? 40;
  const sections = [
    ['Processes', processLines(report, styler, most)],
    ['Kept alive', keptLines(report, styler, columns, most)],
    ['Channels', channelLines(report, styler, most)],
    ['Contended locks', lockLines(report, styler, most)],
    ['Findings', findingLines(report, styler, columns)],
  ] as const;
  const lines: string[] = [];
  for (const [title, body] of sections) {
    if (body.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(styler.title(title), ...body);
  }
  lines.push(...lossLines(report, styler, columns));
  return lines;
}

/** A line a process, and one a worker thread where there is room for all of them. */
function processLines(report: Report, styler: Styler, most: number): string[] {
  const rows = treeRows(report.processes);
  const hasRoom = rows.reduce((sum, { process }) => sum + Math.max(1, process.threads.length), 0) <= most;
  const cells = rows.slice(0, most).flatMap(({ prefix, below, process }: TreeRow) => {
    const [main, ...workers] = process.threads;
    const remark = process.reason || (main === undefined ? '' : remarkOf(main));
    const own = [
      { text: prefix + safe(process.name), style: styler.name },
      { text: String(process.pid), right: true },
      stateCell(process, styler),
      { text: duration((process.end ?? report.duration) - process.start), right: true },
      ...usedCells(process.threads, report, styler),
      { text: safe(remark), style: styler.dim },
    ];
    if (!hasRoom) return [own];
    return [own, ...workers.map((thread) => threadCells(thread, below, report, styler))];
  });
  return [
    ...table(cells, '  ', 48, LONGEST_REASON),
    ...more(report.processes.length, Math.min(most, rows.length), 'process', styler),
  ];
}

/** What keeps those alive that have nothing to do, or did when they were ended from outside: with the line of every handle. */
function keptLines({ processes }: Report, styler: Styler, columns: number, most: number): string[] {
  const kept = processes
    .flatMap(({ name, threads }) => threads.map((thread) => ({ name, thread })))
    .filter(({ thread }) => thread.keptAlive !== '');
  const lines = kept.slice(0, most).flatMap(({ name, thread: { threadId, name: own, keptAlive } }) => {
    const who = threadId === 0 ? name : `${own} of ${name}`;
    return wrap(`${safe(who)}: ${safe(keptAlive)}`, columns, '  ');
  });
  return [...lines, ...more(kept.length, most, 'thread', styler)];
}

function threadCells(thread: ThreadView, below: string, report: Report, styler: Styler): Cell[] {
  return [
    { text: `${below}${safe(thread.name)}`, style: styler.dim },
    { text: '' },
    threadStateCell(thread, styler),
    { text: duration((thread.end ?? report.duration) - thread.start), right: true },
    ...usedCells([thread], report, styler),
    { text: safe(remarkOf(thread)), style: styler.dim },
  ];
}

/** Time on processors of threads together; no column where nobody tells of any. */
function usedCells(threads: readonly ThreadView[], report: Report, styler: Styler): Cell[] {
  const isTold = report.processes.some((process) => process.threads.some(({ used }) => used !== null));
  if (!isTold) return [];
  const known = threads.filter(({ used }) => used !== null);
  if (known.length === 0) return [{ text: '' }];
  const used = known.reduce((sum, thread) => sum + (thread.used ?? 0), 0);
  const isLess = known.length < threads.length || known.some((thread) => !isWhole(thread, report));
  return [
    { text: `${isLess ? '≥ ' : ''}${duration(used, 2)} on processors`, right: true, style: styler.dim },
  ];
}

/** Is what it has used known up to its end? */
function isWhole({ usedAt, end }: ThreadView, { duration: now }: Report): boolean {
  return usedAt !== null && (end ?? now) - usedAt < UNTOLD;
}

/** How it ended, or what it did when the program was ended. */
function remarkOf({ error, lastState }: ThreadView): string {
  return error || lastState;
}

function threadStateCell(thread: ThreadView, styler: Styler): Cell {
  const { end, state, exitCode } = thread;
  if (end === null)
    return {
      text: livingText(english, state, [thread]),
      style: state === 'blocked' ? styler.warn : styler.good,
    };
  const failed = exitCode !== null && exitCode !== 0;
  return { text: endText(english, { exitCode, signal: null }), style: failed ? styler.bad : styler.dim };
}

function stateCell(process: ProcessView, styler: Styler): Cell {
  const { end, state, exitCode, threads } = process;
  if (end === null)
    return {
      text: livingText(english, state, threads),
      style: state === 'blocked' ? styler.warn : styler.good,
    };
  const style = hasFailed(process) ? styler.bad : styler.dim;
  return { text: endText(english, { exitCode, signal: process.signal }), style };
}

function channelLines(report: Report, styler: Styler, most: number): string[] {
  const labels = new Labels(english, report);
  const used = report.channels.filter(isUsed);
  // Every child may have three pipes: what the program's parts say to each other comes first.
  used.sort((a, b) => Number(a.kind === 'stdio') - Number(b.kind === 'stdio'));
  const rows = used
    .slice(0, most)
    .map((channel) => [
      ...(channel.connection === null
        ? messageCells(channel, labels, styler)
        : connectionCells(channel.connection, labels, styler)),
      { text: sizeOf(channel), right: true },
    ]);
  return [...table(rows, '  '), ...more(used.length, most, 'channel', styler)];
}

function messageCells(channel: ChannelView, labels: Labels, styler: Styler): Cell[] {
  return [
    { text: safe(labels.resource(channel.id)), style: styler.name },
    { text: `${who(channel.from, labels)} → ${who(channel.to, labels)}` },
    { text: moved(channel, channel.sent ?? 0, 'sent'), right: true },
    { text: moved(channel, channel.received ?? 0, 'received'), right: true },
  ];
}

/** Its ends are threads: it may be one between two of the same process. */
function connectionCells(connection: ConnectionView, labels: Labels, styler: Styler): Cell[] {
  const { address, clients, server, seen } = connection;
  const [client = '', more] = clients;
  const from = more === undefined ? labels.thread(client) : countText(english, clients.length, 'client');
  return [
    { text: safe(`${resourceKindText(english, 'connection')} ${address}`), style: styler.name },
    { text: safe(`${from} → ${labels.thread(server)}`) },
    { text: `${count(seen)} seen`, right: true },
    { text: '' },
  ];
}

/** Of a pipe's bytes nothing is said at an end that is not traced. */
function moved(channel: ChannelView, value: number, word: string): string {
  if (channel.kind !== 'stdio') return `${about(channel)}${count(value)} ${word}`;
  return value === 0 ? '' : `${about(channel)}${bytes(value)} ${word}`;
}

/** Of a connection a lower bound, or not known. */
function sizeOf({ bytes: size, connection }: ChannelView): string {
  if (size === null) return '';
  return connection === null ? bytes(size) : `≥ ${bytes(size)}`;
}

/** Counts of a channel that lost records are lower bounds. */
function about(channel: ChannelView): string {
  return channel.exact ? '' : '≥ ';
}

function who(ids: readonly string[], labels: Labels): string {
  if (ids.length === 0) return '?';
  const shown = ids.slice(0, 3).map((id) => safe(labels.process(id)));
  return ids.length > 3 ? `${shown.join(', ')} +${ids.length - 3}` : shown.join(', ');
}

function lockLines(report: Report, styler: Styler, most: number): string[] {
  const labels = new Labels(english, report);
  const contended = report.resources.filter((r) => r.contended > 0).sort((a, b) => b.waitNs - a.waitNs);
  const rows = contended.slice(0, most).map((resource) => [
    { text: safe(labels.resource(resource.id)), style: styler.name },
    { text: `${resource.exact ? '' : '≥ '}${count(resource.acquisitions)} taken`, right: true },
    { text: `${count(resource.contended)} waited`, right: true },
    { text: `${duration(resource.waitNs)} in all`, right: true },
  ]);
  return [...table(rows, '  '), ...more(contended.length, most, 'lock', styler)];
}

function more(total: number, most: number, what: string, styler: Styler): string[] {
  if (total <= most) return [];
  const left = total - most;
  const plural = what.endsWith('s') ? `${what}es` : `${what}s`;
  return [styler.dim(`  … and ${count(left)} more ${left === 1 ? what : plural}`)];
}

function lossLines(report: Report, styler: Styler, columns: number): string[] {
  const lines: string[] = [];
  const { dropped, damaged, exact, problems } = report;
  if (!exact) {
    const lost = [
      dropped > 0 ? `${count(dropped)} dropped` : '',
      damaged > 0 ? `${count(damaged)} damaged` : '',
    ]
      .filter((text) => text !== '')
      .join(', ');
    lines.push(
      '',
      styler.warn(
        `The trace is not complete${lost === '' ? '' : ` (records: ${lost})`}: counts marked ≥ are lower bounds.`,
      ),
    );
  }
  if (problems.length > 0 && exact) lines.push('');
  const names = new Map(report.processes.map(({ id, name }) => [id, safe(name)]));
  for (const { process, message, code } of problems.slice(0, MOST_PROBLEMS)) {
    const who = process === null ? '' : `${names.get(process) ?? process}: `;
    const told = wrap(`${who}${cut(safe(message), LONGEST_PROBLEM)}  [${code}]`, columns, '  ');
    lines.push(...told.map((line) => styler.dim(line)));
  }
  lines.push(...more(problems.length, MOST_PROBLEMS, 'problem', styler));
  return lines;
}
