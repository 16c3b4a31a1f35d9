import type { Source } from '../trace/format/definitions.ts';
import { KIND_NAMES } from '../trace/format/records.ts';
import type { ClaimedMember, ClaimedProof, Claims } from './claims.ts';
import { FeederSearch, type Feeders } from './feeders.ts';
import type { Moment, OpenWait, Thread } from './moment.ts';

/** The threads of a proof, with the tasks that it is about. */
type Members = ReadonlyMap<Thread, ReadonlySet<number>>;
/** Kind of a need as the trace has it, and who could bring it about. */
type Found = readonly [string, Feeders];

/** What of a proof the trace does not bear out, in words; nothing: it is confirmed. */
export type Doubts = readonly string[];

/**
 * Checks one proof against the trace's records. It holds where each member lives, stands as it says, has no needs but those that it
 * lists, and nobody could end any of them but other members; and where none of them has gone on until somebody intervened.
 */
export function doubtsAbout(proof: ClaimedProof, report: Claims, moment: Moment): Doubts {
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
function threadOf({ process, thread }: ClaimedMember, report: Claims, moment: Moment): Thread | undefined {
  const view = report.processes.find(({ id }) => id === process);
  const threadId = view?.threads.find(({ id }) => id === thread)?.threadId;
  const candidates = [...moment.threads.values()].filter(
    ({ stream }) => stream.pid === view?.pid && stream.threadId === threadId,
  );
  const distance = ({ stream }: Thread): number => Math.abs(stream.start - (view?.start ?? 0));
  return candidates.sort((a, b) => distance(a) - distance(b))[0];
}

function ofMember(
  { task, stands, needs }: ClaimedMember,
  thread: Thread,
  moment: Moment,
  search: FeederSearch,
  members: Members,
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
  const own = all.filter((wait) => task === 0 || wait.task === task);
  const waits = stands === 'sync' && sync !== undefined ? [sync] : own;
  const mattering = task === 0 ? sources.filter(({ ref, listens }) => ref || listens !== false) : [];
  if (waits.length + mattering.length === 0) doubts.push(`${who} waits for nothing`);
  if (thread.wentOn !== undefined && thread.wentOn < moment.intervention)
    doubts.push(`${who} went on by itself, ${Math.round((thread.wentOn - moment.time) / 1e6)} ms later`);
  const found = [...ofWaits(thread, waits, search), ...ofSources(thread, mattering, search)];
  return [
    ...doubts,
    ...differences(who, found, needs),
    ...found.flatMap(([kind, feeders]) => ofNeed(thread, kind, feeders, search, members)),
  ];
}

/** Needs that the proof leaves out, and such that the trace does not have. */
function differences(who: string, found: readonly Found[], needs: ClaimedMember['needs']): Doubts {
  const listed: string[] = needs.map(({ kind }) => kind);
  const left: string[] = [];
  for (const [kind] of found) {
    const at = listed.indexOf(kind);
    if (at < 0) left.push(kind);
    else listed.splice(at, 1);
  }
  return [
    ...left.map((kind) => `${who}: its ${kind} is not among its needs`),
    ...listed.map((kind) => `${who} has no ${kind} that is open`),
  ];
}

function ofNeed(
  thread: Thread,
  kind: string,
  { open, threads, strangers = [] }: Feeders,
  search: FeederSearch,
  members: Members,
): Doubts {
  const who = thread.stream.stream;
  const isOutside = (other: Thread): boolean => other !== thread && !members.has(other);
  const idle = strangers.filter((other) => isOutside(other) && !waitsForSome(other, search, members));
  return [
    ...(open === undefined ? [] : [`${who}: ${kind}: ${open}`]),
    ...threads.filter(isOutside).map(({ stream }) => `${who}: ${kind}: ${stream.stream} could end it`),
    ...idle.map(
      ({ stream }) => `${who}: ${kind}: ${stream.stream} may end it, and waits for none of the members`,
    ),
  ];
}

/** It waits for what only members could bring about, or others who wait so. */
function waitsForSome(
  thread: Thread,
  search: FeederSearch,
  members: Members,
  asked: ReadonlySet<Thread> = new Set(),
): boolean {
  // A circle among those who are no members is no proof of anything.
  if (asked.has(thread)) return false;
  const all = new Set([...asked, thread]);
  return [...thread.waits.values()].some((wait) => {
    const { open, threads } = search.ofWait(thread, wait);
    if (open !== undefined || threads.length === 0) return false;
    return threads.every((feeder) => members.has(feeder) || waitsForSome(feeder, search, members, all));
  });
}

function ofWaits(thread: Thread, waits: readonly OpenWait[], search: FeederSearch): Found[] {
  return waits.map((wait) => [KIND_NAMES[wait.kind] ?? String(wait.kind), search.ofWait(thread, wait)]);
}

function ofSources(thread: Thread, sources: readonly Source[], search: FeederSearch): Found[] {
  return sources.map((source) => [source.kind, search.ofSource(thread, source)]);
}
