import { bytes } from '../../base/units.ts';
import type { Suspended } from '../facts/suspended.ts';
import type { Program, ProgramProcess } from '../program/program.ts';
import { doingOf, outsideDoing, shortName, threadName } from './standing.ts';
import { remarks } from './verdict.ts';

/** Kinds of Node's active resources that its list of handles has as well. */
const LISTED = /^(?:PipeWrap|PipeServerWrap|ProcessWrap|TCPServerWrap|TCPSocketWrap|TTYWrap|UDPWrap)$/;
const MOST_HANDLES = 12;
const MOST_FRAMES = 8;

/** A program as lines of text. Nothing in it is safe for a terminal yet. */
export function programLines(program: Program): string[] {
  const said = remarks(program);
  return [
    'Processes',
    ...rows(program),
    ...linkLines(program),
    ...(said.length > 0 ? ['', 'What this says (from one look: suspected, not proven)'] : []),
    ...said.map(({ text }) => `  ${text}`),
  ];
}

function rows({ root, processes }: Program): string[] {
  const lines: string[] = [];
  const add = (process: ProgramProcess, depth: number): void => {
    lines.push(...processLines(process).map((line) => `  ${'  '.repeat(depth)}${line}`));
    for (const child of processes) if (child.ppid === process.pid) add(child, depth + 1);
  };
  for (const process of processes) if (process.pid === root) add(process, 0);
  return lines;
}

function processLines(process: ProgramProcess): string[] {
  const { inside } = process;
  const cpu = process.cpu === null ? '' : `, ${Math.round(process.cpu)} % CPU`;
  if (inside === null) return [`${shortName(process)}: ${outsideDoing(process)}${cpu}`];
  return inside.threads.flatMap((thread) => {
    const { program, frames, suspended } = thread;
    const handles = (program?.handles ?? []).filter(({ ref }) => ref);
    const kept = handles.map(({ type, detail }) => (detail === '' ? type : `${type} ${detail}`));
    for (const [kind, count] of Object.entries(program?.resources ?? {}))
      if (!LISTED.test(kind)) kept.push(count === 1 ? kind : `${count} × ${kind}`);
    return [
      `${threadName(process, thread)}: ${doingOf(process, thread)}${cpu}`,
      ...frames
        .slice(0, MOST_FRAMES)
        .map(({ fn, file, line }) => `    at ${fn || '<anonymous>'} ${file}:${line}`),
      ...(suspended ?? []).map(suspendedLine),
      ...(kept.length > 0 ? [`    kept alive by ${listed(kept, MOST_HANDLES)}`] : []),
      ...(program !== null && program.signals.length > 0
        ? [`    listens to ${program.signals.join(', ')}`]
        : []),
    ];
  });
}

function suspendedLine({ frame, exact, count }: Suspended): string {
  const where = `${frame.file}:${frame.line}`;
  return `    ${count === 1 ? 'an async function waits' : `${count} async functions wait`} ${exact ? 'at' : 'somewhere below'} ${where}`;
}

function listed(items: readonly string[], most: number): string {
  const more = items.length > most ? ` and ${items.length - most} more` : '';
  return items.slice(0, most).join(', ') + more;
}

function linkLines({ links, processes }: Program): string[] {
  if (links.length === 0) return [];
  const name = (pid: number): string => {
    const process = processes.find((p) => p.pid === pid);
    return process === undefined ? String(pid) : shortName(process);
  };
  const lines = links.map(({ kind, a, b, unreadAtA, unreadAtB }) => {
    const unread = [unreadAtA, unreadAtB].map((count) => (count ? `${bytes(count)} unread` : ''));
    const ends = [a, b].map(({ pid, fd }, i) => `${name(pid)} fd ${fd}${unread[i] ? ` (${unread[i]})` : ''}`);
    return `  ${ends.join(kind === 'pipe' ? ' → ' : ' ⇄ ')}  ${kind === 'unix' ? 'socket' : kind}`;
  });
  return ['', 'Between them', ...lines];
}
