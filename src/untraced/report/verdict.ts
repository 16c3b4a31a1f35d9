import { bytes } from '../../base/units.ts';
import type { HandleFact } from '../facts/program-facts.ts';
import { shortName } from '../program/names.ts';
import type { Program, ProgramProcess } from '../program/program.ts';
import { isBusy } from './standing.ts';

/**
 * Something that follows from one look at a program. One look proves nothing: a message may be on its way. So everything here
 * is suspected, and says what it rests on.
 */
export interface Remark {
  readonly kind:
    | 'circle'
    | 'waits-for-child'
    | 'unread'
    | 'pipe-full'
    | 'busy'
    | 'synchronous-wait'
    | 'kept-alive';
  readonly pids: readonly number[];
  readonly text: string;
}

export function remarks(program: Program): Remark[] {
  const waits = new Map(program.processes.map((process) => [process.pid, waitsOf(process, program)]));
  return [
    ...circles(program, waits),
    ...unread(program),
    ...program.processes.flatMap((process) => remarksOn(process, waits.get(process.pid) ?? [])),
  ];
}

/** A wait that only the processes `on` can end, as far as one look shows. */
interface Wait {
  readonly on: readonly number[];
  readonly text: string;
  readonly kind: Remark['kind'];
}

function waitsOf(process: ProgramProcess, program: Program): Wait[] {
  const { pid, nativeCall, blockedWrite } = process;
  if (nativeCall !== null) {
    const on = program.processes.filter(({ ppid }) => ppid === pid).map((child) => child.pid);
    return [{ on, kind: 'waits-for-child', text: `stands in ${nativeCall} until its child ends` }];
  }
  if (blockedWrite !== null) {
    const on = othersAt(program, pid, blockedWrite);
    return [{ on, kind: 'pipe-full', text: `has more to write to descriptor ${blockedWrite} than fits` }];
  }
  const on = idleOn(process, program);
  return on === null ? [] : [{ on, kind: 'kept-alive', text: 'has nothing to do but wait for them' }];
}

/** Who has the other end of a descriptor. */
function othersAt({ links }: Program, pid: number, fd: number): number[] {
  return links.flatMap(({ a, b }) => {
    if (a.pid === pid && a.fd === fd) return [b.pid];
    return b.pid === pid && b.fd === fd ? [a.pid] : [];
  });
}

/** The processes that alone could wake an idle one; `null`: it is not idle, or something else could too. */
function idleOn(process: ProgramProcess, program: Program): number[] | null {
  const threads = process.inside?.threads ?? [];
  if (threads.length !== 1 || threads[0]?.where !== 'loop' || isBusy(process)) return null;
  const facts = threads[0].program;
  if (facts === null || facts.signals.length > 0) return null;
  const kinds = Object.keys(facts.resources).filter((kind) => !/^(PipeWrap|ProcessWrap|TTYWrap)$/.test(kind));
  if (kinds.length > 0) return null;
  const on: number[] = [];
  for (const handle of facts.handles) {
    const others = wakersOf(handle, process, program);
    if (others === null) return null;
    on.push(...others);
  }
  return on.length === 0 ? null : [...new Set(on)];
}

function wakersOf({ type, detail }: HandleFact, process: ProgramProcess, program: Program): number[] | null {
  const child = /\bpid (\d+)/.exec(detail)?.[1];
  if (type === 'ChildProcess' && child !== undefined) return [Number(child)];
  const fd = /\bfd (\d+)/.exec(detail)?.[1];
  if (fd === undefined) return null;
  // Its own output wakes nobody.
  if (fd === '1' || fd === '2') return [];
  const others = othersAt(program, process.pid, Number(fd));
  return others.length === 0 ? null : others;
}

function circles(program: Program, waits: ReadonlyMap<number, readonly Wait[]>): Remark[] {
  const stuck = new Set([...waits].filter(([, list]) => list.length > 0).map(([pid]) => pid));
  for (let changed = true; changed; ) {
    changed = false;
    for (const pid of [...stuck]) {
      const held = (waits.get(pid) ?? []).every(
        ({ on }) => on.length > 0 && on.every((other) => stuck.has(other)),
      );
      if (held) continue;
      stuck.delete(pid);
      changed = true;
    }
  }
  if (
    stuck.size < 2 ||
    program.links.some(({ a, b, unreadAtA, unreadAtB }) => {
      const within = stuck.has(a.pid) && stuck.has(b.pid);
      return within && ((unreadAtA ?? 0) > 0 || (unreadAtB ?? 0) > 0) && !isPipeFull(waits, a.pid, b.pid);
    })
  )
    return [];
  const members = program.processes.filter(({ pid }) => stuck.has(pid));
  const lines = members.map((process) => {
    const [wait] = waits.get(process.pid) ?? [];
    const on = members.filter(({ pid }) => wait?.on.includes(pid)).map(shortName);
    return `${shortName(process)} ${wait?.text} (${on.join(', ')})`;
  });
  return [{ kind: 'circle', pids: [...stuck], text: `These wait for each other: ${lines.join('; ')}.` }];
}

/** What has arrived at a process that has nothing else to do, and is not read. */
function unread({ links, processes }: Program): Remark[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const ends = links.flatMap(({ a, b, unreadAtA, unreadAtB }) => [
    { reader: byPid.get(a.pid), fd: a.fd, writer: byPid.get(b.pid), count: unreadAtA ?? 0 },
    { reader: byPid.get(b.pid), fd: b.fd, writer: byPid.get(a.pid), count: unreadAtB ?? 0 },
  ]);
  return ends.flatMap(({ reader, fd, writer, count }): Remark[] => {
    const threads = reader?.inside?.threads ?? [];
    const main = threads.find(({ threadId }) => threadId === 0);
    if (count === 0 || !reader || !writer || isBusy(reader) || main?.where !== 'loop') return [];
    const text = `${shortName(reader)} is idle and does not read ${bytes(count)} that ${shortName(writer)} has written to it (descriptor ${fd}); when the pipe is full, ${shortName(writer)} stands still.`;
    return [{ kind: 'unread', pids: [reader.pid, writer.pid], text }];
  });
}

function isPipeFull(waits: ReadonlyMap<number, readonly Wait[]>, ...pids: readonly number[]): boolean {
  return pids.some((pid) => waits.get(pid)?.some(({ kind }) => kind === 'pipe-full'));
}

function remarksOn(process: ProgramProcess, waits: readonly Wait[]): Remark[] {
  const name = shortName(process);
  const own = waits
    .filter(({ kind }) => kind !== 'kept-alive')
    .map(
      ({ kind, text, on }): Remark => ({
        kind,
        pids: [process.pid, ...on],
        text: `${name} ${text}${on.length > 0 ? ` (process ${on.join(', ')})` : ''}.`,
      }),
    );
  const threads = process.inside?.threads ?? [];
  const standing = threads.flatMap(({ where, frames, name: thread, threadId }): Remark[] => {
    const [top] = frames;
    if (where !== 'javascript' || top === undefined) return [];
    const who = threadId === 0 ? name : `${thread} of ${name}`;
    const busy = isBusy(process);
    const at = `${top.file}:${top.line}`;
    return [
      busy
        ? {
            kind: 'busy',
            pids: [process.pid],
            text: `${who} computes at ${at}: its loop does not turn meanwhile.`,
          }
        : {
            kind: 'synchronous-wait',
            pids: [process.pid],
            text: `${who} waits synchronously at ${at}, and uses no processor: its own loop cannot end that wait.`,
          },
    ];
  });
  return [...own, ...standing];
}
