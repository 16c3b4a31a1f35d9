import type { ProcessEntity } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import type { Finding } from '../types/index.ts';

/** A finding as it was just before an end that hides it. */
interface Kept {
  readonly finding: Finding;
  /** When that end came, ns. */
  readonly at: number;
}

/**
 * What an end would take away: findings about a process are kept when it ends, so that a replay, which never looks at the moment
 * of the deadlock, reports what the live view did.
 */
export class KeptFindings {
  private readonly world: World;
  private readonly byId = new Map<string, Kept>();
  private readonly processes = new Set<string>();

  constructor(world: World) {
    this.world = world;
  }

  /** The first death of a deadlock keeps it for all of its members. */
  knows(process: ProcessEntity): boolean {
    return this.processes.has(process.id);
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
