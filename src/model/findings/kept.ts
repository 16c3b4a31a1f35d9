import type { ProcessEntity, ThreadEntity } from '../state/entities.ts';
import { TOLD_LATE, type World } from '../state/world.ts';
import type { Finding } from '../types/index.ts';

/** A finding as it was just before an end that hides it. */
interface Kept {
  readonly finding: Finding;
  /** When that end came, ns. */
  readonly at: number;
}

/** A finding as it was before its first member heard of an end, or ended well. */
interface Perhaps extends Kept {
  /** Those of its threads that stood still then, but for that member's. */
  readonly standing: readonly ThreadEntity[];
}

/**
 * What an end would take away: findings about a process are kept when it ends, so that a replay, which never looks at the moment
 * of the deadlock, reports what the live view did.
 */
export class KeptFindings {
  private readonly world: World;
  private readonly byId = new Map<string, Kept>();
  private readonly processes = new Set<string>();
  private readonly unsure = new Map<string, Perhaps>();

  constructor(world: World) {
    this.world = world;
  }

  /** The first death of a deadlock keeps it for all of its members. */
  knows(process: ProcessEntity): boolean {
    return this.processes.has(process.id);
  }

  /** One of the finding's processes is in what was kept. */
  isToldOf({ processes }: Finding): boolean {
    return processes.some((id) => this.processes.has(id));
  }

  /**
   * Keeps a finding for {@link confirm}: a member hears of an end or ends well, and whether another member has brought that
   * about, which resolves it, or the end of the program, is not known yet.
   */
  perhaps(finding: Finding, at: number, first: ProcessEntity): void {
    for (const [id, unsure] of this.unsure) if (unsure.at < at - TOLD_LATE) this.unsure.delete(id);
    if (this.unsure.has(finding.id)) return;
    const others = finding.processes.flatMap((id) => this.world.processes.get(id) ?? []);
    const threads = others.filter((process) => process !== first).flatMap((p) => [...p.threads.values()]);
    // Another member was awake before: that may be who ended what was heard of.
    if (threads.some(({ alive, woken }) => alive && woken !== null && woken.time < at)) return;
    this.unsure.set(finding.id, { finding, at, standing: threads.filter((thread) => stands(thread, at)) });
  }

  /** The program is ended: what nobody of it has resolved shortly before stood then. */
  confirm(time: number): void {
    for (const { finding, at, standing } of this.unsure.values()) {
      if (at < time - TOLD_LATE || this.isToldOf(finding)) continue;
      if (standing.every((thread) => stands(thread, at))) this.keep(finding, at);
    }
    this.unsure.clear();
  }

  keep(finding: Finding, at: number): void {
    const known = this.byId.get(finding.id);
    if (known !== undefined && !(isCertain(finding) && !isCertain(known.finding))) return;
    this.byId.set(finding.id, { finding, at: known?.at ?? at });
    for (const id of finding.processes) this.processes.add(id);
  }

  /**
   * What was found, with what was kept. That blocks no longer, unless it stood when the program was ended: then nothing but
   * that end has resolved it.
   */
  merge(found: readonly Finding[]): Finding[] {
    const { killed } = this.world;
    // What hangs after the launcher's kill is what the kill left over.
    const own =
      killed === null
        ? found.filter((finding) => !this.isLeftOver(finding))
        : found.filter((finding) => !finding.blocking);
    const byId = new Map(own.map((finding) => [finding.id, finding]));
    for (const [id, { finding, at }] of this.byId) {
      if (byId.get(id)?.blocking) continue;
      byId.set(id, this.stood(at) ? finding : { ...finding, blocking: false });
    }
    return [...byId.values()];
  }

  /** Suspected of what stood before the program was ended, when that was explained otherwise: only some have ended yet. */
  private isLeftOver({ id, blocking, certainty, time, processes }: Finding): boolean {
    const { ending } = this.world;
    if (ending === null || certainty === 'certain' || !blocking || time >= ending.from) return false;
    return !this.byId.has(id) && processes.some((process) => this.processes.has(process));
  }

  private stood(at: number): boolean {
    const { killed, rootEnd, end } = this.world;
    if (killed !== null) return true;
    return (rootEnd !== null || end !== null) && this.world.isOfEnding(at);
  }
}

function isCertain({ certainty }: Finding): boolean {
  return certainty === 'certain';
}

/** It has stood still since before `at`, or was woken after that: by what was heard then, at the most. */
function stands({ end, syncWait, quiescent, woken }: ThreadEntity, at: number): boolean {
  if (end !== null && end <= at) return false;
  if (syncWait !== null) return syncWait.since <= at;
  if (quiescent !== null) return quiescent.since <= at;
  return woken !== null && woken.time >= at && woken.rest.since <= at;
}
