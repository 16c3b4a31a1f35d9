import type { Proof, ProofMember, Report } from '../model/types/index.ts';
import type { Source } from '../trace/format/definitions.ts';
import { KIND_NAMES } from '../trace/format/records.ts';
import { FeederSearch, type Feeders } from './feeders.ts';
import type { Moment, OpenWait, Thread } from './moment.ts';

/** What of a proof the trace does not bear out, in words; nothing: it is confirmed. */
export type Doubts = readonly string[];

/**
 * Checks one proof against the trace's records. It holds where each member lives, stands as it says, has no needs but those that it
 * lists, and nobody could end any of them but other members; and where none of them has gone on until somebody intervened.
 */
export function doubtsAbout(proof: Proof, report: Report, moment: Moment): Doubts {
  const doubts: string[] = [];
  const members = new Map<Thread, Set<number>>();
  for (const member of proof.members) {
    const thread = threadOf(member, report, moment);
    if (thread === undefined) doubts.push(`${member.thread}: there is no such thread`);
    else members.set(thread, (members.get(thread) ?? new Set()).add(member.task));
  }
  if (members.size === 0) doubts.push('it has no members');
  if (doubts.length === 0) {
    const search = new FeederSearch(moment);
    for (const member of proof.members) {
      const thread = threadOf(member, report, moment);
      if (thread !== undefined) doubts.push(...ofMember(member, thread, moment, search, members));
    }
  }
  return [...new Set(doubts)];
}

/** The thread that an id of the report means: its process's pid may have been used before. */
function threadOf({ process, thread }: ProofMember, report: Report, moment: Moment): Thread | undefined {
  const view = report.processes.find(({ id }) => id === process);
  const threadId = view?.threads.find(({ id }) => id === thread)?.threadId;
  const candidates = [...moment.threads.values()].filter(
    ({ stream }) => stream.pid === view?.pid && stream.threadId === threadId,
  );
  const distance = ({ stream }: Thread): number => Math.abs(stream.start - (view?.start ?? 0));
  return candidates.sort((a, b) => distance(a) - distance(b))[0];
}

function ofMember(
  { task, stands, needs }: ProofMember,
  thread: Thread,
  moment: Moment,
  search: FeederSearch,
  members: ReadonlyMap<Thread, ReadonlySet<number>>,
): Doubts {
  const who = thread.stream.stream;
  if (!moment.isAlive(thread)) return [`${who} had ended`];
  if (thread.damaged) return [`${who}: records are missing`];
  const all = [...thread.waits.values()];
  const sync = all.find((wait) => wait.sync);
  const doubts: string[] = [];
  if (stands === 'sync' && sync === undefined) doubts.push(`${who} is in no synchronous wait`);
  const sources = stands === 'sync' ? [] : moment.sourcesOf(thread);
  if (sources === undefined)
    return [...doubts, `${who} does not rest, or has not told all that could wake it`];
  const waits =
    stands === 'sync' && sync !== undefined ? [sync] : all.filter((wait) => task === 0 || wait.task === task);
  const mattering = task === 0 ? sources.filter(({ ref, listens }) => ref || listens !== false) : [];
  if (waits.length + mattering.length === 0) doubts.push(`${who} waits for nothing`);
  if (thread.wentOn !== undefined && thread.wentOn < moment.intervention)
    doubts.push(`${who} went on by itself, ${Math.round((thread.wentOn - moment.time) / 1e6)} ms later`);
  const listed = needs.map(({ kind }) => kind);
  for (const [kind, feeders] of [
    ...ofWaits(thread, waits, search),
    ...ofSources(thread, mattering, search),
  ]) {
    const at = listed.indexOf(kind as (typeof listed)[number]);
    if (at < 0) doubts.push(`${who}: its ${kind} is not among its needs`);
    else listed.splice(at, 1);
    if (feeders.open !== undefined) doubts.push(`${who}: ${kind}: ${feeders.open}`);
    for (const stranger of feeders.strangers ?? [])
      if (stranger !== thread && !members.has(stranger) && !waitsForSome(stranger, search, members))
        doubts.push(
          `${who}: ${kind}: ${stranger.stream.stream} may end it, and waits for none of the members`,
        );
    for (const feeder of feeders.threads)
      if (feeder !== thread && !members.has(feeder))
        doubts.push(`${who}: ${kind}: ${feeder.stream.stream} could end it`);
  }
  for (const kind of listed) doubts.push(`${who} has no ${kind} that is open`);
  return doubts;
}

/** It waits for what only members could bring about. */
function waitsForSome(thread: Thread, search: FeederSearch, members: ReadonlyMap<Thread, unknown>): boolean {
  return [...thread.waits.values()].some((wait) => {
    const { open, threads } = search.ofWait(thread, wait);
    return open === undefined && threads.length > 0 && threads.every((feeder) => members.has(feeder));
  });
}

function ofWaits(thread: Thread, waits: readonly OpenWait[], search: FeederSearch): [string, Feeders][] {
  return waits.map((wait) => [KIND_NAMES[wait.kind] ?? String(wait.kind), search.ofWait(thread, wait)]);
}

function ofSources(thread: Thread, sources: readonly Source[], search: FeederSearch): [string, Feeders][] {
  return sources.map((source) => [source.kind, search.ofSource(thread, source)]);
}
