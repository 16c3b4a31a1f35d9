import type { ProcessEntity, ThreadEntity } from '../../state/entities.ts';
import type { SourceEntity } from '../../state/sources.ts';
import { isSource } from '../graph/need.ts';
import type { Unit } from '../graph/unit.ts';
import type { RuleContext } from './rule.ts';

/** Threads that rest, of which only members could make each other go on: nothing of them will ever run again. */
export interface RestGroup {
  readonly units: readonly Unit[];
  readonly threads: readonly ThreadEntity[];
  readonly processes: readonly ProcessEntity[];
  /** Since when all of them rest, ns. */
  readonly since: number;
  /** What each of them waits for, of all members. */
  readonly sources: readonly SourceEntity[];
}

/** The groups of the certain set whose members rest without an open wait, and that no rule has explained yet. */
export function restGroups({ graph, certain, explained }: RuleContext): RestGroup[] {
  const whole = [...certain.units].filter(({ task }) => task === 0);
  const groups: Unit[][] = [];
  const seen = new Set<Unit>();
  for (const unit of whole.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (seen.has(unit)) continue;
    groups.push(collect(unit, whole, graph, seen));
  }
  return groups
    .filter((units) => units.every((unit) => graph.waits(unit).length === 0 && !explained.has(unit.thread)))
    .map((units) => ({
      units,
      threads: units.map(({ thread }) => thread),
      processes: [...new Set(units.map(({ thread }) => thread.process))],
      since: Math.max(...units.map(({ thread }) => thread.quiescent?.since ?? 0)),
      sources: units.flatMap((unit) => graph.sources(unit)),
    }));
}

/** All that a unit hangs together with, by what either of two could make the other do. */
function collect(first: Unit, all: readonly Unit[], graph: RuleContext['graph'], seen: Set<Unit>): Unit[] {
  const members = [first];
  seen.add(first);
  const feeds = (a: Unit, b: Unit): boolean =>
    graph.needs(a, 'certain').some((need) => graph.touches(need, 'certain', new Set([b])));
  for (const member of members) {
    for (const other of all) {
      if (seen.has(other) || !(feeds(member, other) || feeds(other, member))) continue;
      seen.add(other);
      members.push(other);
    }
  }
  return members;
}

/** What a thread that rests waits for; `null`: it does something, or has not told. */
export function restingSources(thread: ThreadEntity | null): readonly SourceEntity[] | null {
  return thread?.alive ? (thread.quiescent?.sources?.list ?? null) : null;
}

/** Could the outside still make the thread go on: clients of a server, a person at a terminal, a timer that fires once? */
export function hasOutside(sources: readonly SourceEntity[]): boolean {
  return sources.some(({ kind, told }) => {
    if (kind === 'timer') return told.every === undefined;
    return told.ref && OUTSIDE.has(kind);
  });
}
const OUTSIDE: ReadonlySet<SourceEntity['kind']> = new Set([
  'immediate',
  'server',
  'socket',
  'pipe',
  'datagram',
  'terminal',
  'signal',
  'watcher',
  'request',
  'debugger',
  'native',
]);

/** Does it rest, and could only the program's own processes and threads still make it go on? */
export function restsOnProgram(thread: ThreadEntity): boolean {
  const sources = restingSources(thread);
  return sources !== null && !hasOutside(sources);
}

/**
 * May somebody from whom a resting thread hears still do something, so that it may be what the thread waits for: one that works,
 * one that is not traced, or one that hears from such a one?
 * @param but whose doing is of no use to it
 */
export function hearsFromWorking(
  { graph }: RuleContext,
  thread: ThreadEntity,
  but: readonly ThreadEntity[] = [],
): boolean {
  const [seen, way] = [new Set([thread, ...but]), [thread]];
  for (const at of way) {
    for (const need of graph.needs(graph.unit(at, 0), 'certain')) {
      if (isSource(need) && need.child?.process?.alive === false) continue;
      const { units, group, open } = graph.enders(need, 'certain');
      if (open === 'untraced' || open === 'starting') return true;
      for (const { thread: other } of [...units, ...(group?.units ?? [])]) {
        if (seen.has(other)) continue;
        if (works(other)) return true;
        seen.add(other);
        way.push(other);
      }
    }
  }
  return false;
}

/** It runs, or something will make it run that does not depend on the program. */
function works(thread: ThreadEntity): boolean {
  if (thread.syncWait !== null) return thread.syncWait.timeoutMs !== null;
  return !restsOnProgram(thread);
}

/** By these messages of other threads and processes come. */
export const MESSAGE_SOURCES: ReadonlySet<SourceEntity['kind']> = new Set([
  'port',
  'broadcast',
  'worker',
  'parent',
  'ipc',
]);

/** Does the program listen for one of these events of a source? */
export function hears({ told }: SourceEntity, ...events: readonly string[]): boolean {
  return told.events?.some((event) => events.includes(event)) ?? false;
}
