import { bytes } from '../../base/units.ts';
import type { Suspended } from '../facts/suspended.ts';
import { shortName } from '../program/names.ts';
import type { Program, ProgramProcess } from '../program/program.ts';
import { doingOf, outsideDoing, threadName } from './standing.ts';
import { remarks } from './verdict.ts';

/** Kinds of Node's active resources that its list of handles has as well. */
const LISTED = /^(?:PipeWrap|PipeServerWrap|ProcessWrap|TCPServerWrap|TCPSocketWrap|TTYWrap|UDPWrap)$/;
const MOST_HANDLES = 12;
const MOST_FRAMES = 8;

/** A part of what was found, under its title. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A program in words: its processes with all that they do and have, what lies between them, and what follows from that. */
export interface ProgramSections {
  readonly processes: Section;
  readonly between: Section;
  readonly verdict: Section;
}

/** Parts without lines are empty. Nothing in them is safe for a terminal yet. */
export function programSections(program: Program): ProgramSections {
  return {
    processes: { title: 'Processes', lines: rows(program) },
    between: { title: 'Between them', lines: linkLines(program) },
    verdict: {
      title: 'What this says (from one look: suspected, not proven)',
      lines: remarks(program).map(({ text }) => `  ${text}`),
    },
  };
}

/** A program as lines of text. */
export function programLines(program: Program): string[] {
  const { processes, between, verdict } = programSections(program);
  return sectionLines([processes, between, verdict]);
}

/** Parts that have lines, with an empty line between them. */
export function sectionLines(sections: readonly Section[]): string[] {
  return sections
    .filter(({ lines }) => lines.length > 0)
    .flatMap(({ title, lines }, i) => [...(i > 0 ? [''] : []), title, ...lines]);
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
  const name = (pid: number): string => {
    const process = processes.find((p) => p.pid === pid);
    return process === undefined ? String(pid) : shortName(process);
  };
  return links.map(({ kind, a, b, unreadAtA, unreadAtB }) => {
    const unread = [unreadAtA, unreadAtB].map((count) => (count ? `${bytes(count)} unread` : ''));
    const ends = [a, b].map(({ pid, fd }, i) => `${name(pid)} fd ${fd}${unread[i] ? ` (${unread[i]})` : ''}`);
    return `  ${ends.join(kind === 'pipe' ? ' → ' : ' ⇄ ')}  ${kind === 'unix' ? 'socket' : kind}`;
  });
}
