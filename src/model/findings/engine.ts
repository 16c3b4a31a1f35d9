import type { ProcessEntity, ThreadEntity, Wait } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import type { Finding, FindingKind } from '../types/index.ts';
import { WaitGraph } from './graph/graph.ts';
import { inOrder, type Rule, type RuleContext, SUSPECT_AFTER } from './kit/rule.ts';
import { DEFAULT_FINDING_OPTIONS, type FindingOptions } from './options.ts';
import { RULES } from './rules/index.ts';

/** Who woke this much before an end, and has gone on with nothing, was woken by what led to that end, ns. */
const LAST_MOMENT = 2e9;

/**
 * Asks all rules, and remembers what a kill would take away: findings about a process are kept when it ends, so that a
 * replay, which never looks at the moment of the deadlock, reports what the live view did.
 */
export class FindingsEngine {
  private readonly world: World;
  private readonly options: FindingOptions;
  /** In the order in which they are asked. */
  private readonly rules: readonly Rule[];
  private readonly outliving: ReadonlySet<FindingKind>;
  private readonly kept = new Map<string, Finding>();
  private readonly keptProcesses = new Set<string>();
  private cached: { revision: number; now: number; due: number; findings: readonly Finding[] } | null = null;

  constructor(
    world: World,
    options: FindingOptions = DEFAULT_FINDING_OPTIONS,
    rules: readonly Rule[] = RULES,
  ) {
    this.world = world;
    this.options = options;
    this.rules = inOrder(rules.filter((rule) => !options.disabled.has(rule.kind)));
    this.outliving = new Set(rules.flatMap((rule) => (rule.outlives ? [rule.kind] : [])));
  }

  /** All findings as of a session time. Cheap while nothing relevant was fed and no threshold passed. */
  at(now: number): readonly Finding[] {
    const { cached, world } = this;
    if (cached !== null && cached.revision === world.graphRevision && now >= cached.now && now < cached.due) {
      return cached.findings;
    }
    let due = Number.POSITIVE_INFINITY;
    const found = this.look(now, (time) => {
      if (time > now && time < due) due = time;
    });
    const findings = this.merge(found);
    this.cached = { revision: world.graphRevision, now, due, findings };
    return findings;
  }

  /** Called before an end or a signal (`process` null: the launcher's kill) is entered; keeps what is at least `certainty`. */
  beforeEnd(
    process: ProcessEntity | null,
    time: number,
    certainty: Finding['certainty'] = 'suspected',
  ): void {
    if (this.world.killed !== null) return;
    // The first death of a deadlock keeps it for all of its members.
    if (process !== null && (this.keptProcesses.has(process.id) || !involved(process))) return;
    for (const finding of this.lookBack(time)) {
      if (!finding.blocking || !this.outliving.has(finding.kind)) continue;
      if (process !== null && !this.takesAway(process, finding)) continue;
      if (this.kept.has(finding.id) || (certainty === 'certain' && finding.certainty !== 'certain')) continue;
      this.kept.set(finding.id, finding);
      for (const id of finding.processes) this.keptProcesses.add(id);
    }
  }

  /** Ctrl-C ends a whole tree at once, its root first: an end concerns findings about descendants as well. */
  private takesAway(process: ProcessEntity, finding: Finding): boolean {
    return finding.processes.some((id) => {
      for (let p = this.world.processes.get(id) ?? null; p !== null; p = p.parent)
        if (p === process) return true;
      return false;
    });
  }

  /** As {@link look}, with those at rest whom only the end at hand may have woken: orphans see it before the launcher does. */
  private lookBack(time: number): Finding[] {
    const { resting, threads } = this.world;
    const woken = threads.filter(
      ({ alive, woken }) => alive && woken !== null && time - woken.time < LAST_MOMENT,
    );
    for (const thread of woken) {
      thread.quiescent = thread.woken?.rest ?? null;
      resting.add(thread);
    }
    try {
      return this.look(time, () => {});
    } finally {
      for (const thread of woken) {
        thread.quiescent = null;
        resting.delete(thread);
      }
    }
  }

  private look(now: number, due: (time: number) => void): Finding[] {
    const { world } = this;
    world.processes.link();
    const claimed = new Set<Wait>();
    const explained = new Set<ThreadEntity>();
    const graphs = new Map<number, Pick<RuleContext, 'graph' | 'certain' | 'suspected'>>();
    const findings = new Map<string, Finding>();
    for (const rule of this.rules) {
      const suspectAfter = this.threshold(rule, 'suspectAfter') * 1e6;
      const stuck = graphs.get(suspectAfter) ?? stuckSets(new WaitGraph(world, now, suspectAfter, due));
      graphs.set(suspectAfter, stuck);
      const threshold = (name: string): number => this.threshold(rule, name);
      const context: RuleContext = { rule, world, now, ...stuck, claimed, explained, threshold, due };
      for (const finding of rule.check(context))
        if (!findings.has(finding.id)) findings.set(finding.id, finding);
    }
    return [...findings.values()];
  }

  private threshold({ kind, thresholds }: Rule, name: string): number {
    const set = this.options.thresholds.get(`${kind}.${name}`);
    return set ?? (thresholds[name] ?? SUSPECT_AFTER).value;
  }

  /** What was kept blocks no longer, unless the launcher's kill is what ended it. */
  private merge(found: readonly Finding[]): readonly Finding[] {
    const { killed } = this.world;
    // What hangs after the launcher's kill is what the kill left over.
    const own = killed === null ? found : found.filter((finding) => !finding.blocking);
    const byId = new Map(own.map((finding) => [finding.id, finding]));
    for (const [id, finding] of this.kept) {
      const current = byId.get(id);
      if (current?.blocking) continue;
      byId.set(id, killed === null ? { ...finding, blocking: false } : finding);
    }
    return [...byId.values()].sort(
      (a, b) => rank(a) - rank(b) || a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
  }
}

function stuckSets(graph: WaitGraph): Pick<RuleContext, 'graph' | 'certain' | 'suspected'> {
  return { graph, certain: graph.stuck('certain'), suspected: graph.stuck('suspected') };
}

/** Blocking before the rest, certain before suspected. */
function rank(finding: Finding): number {
  return (finding.blocking ? 0 : 2) + (finding.certainty === 'certain' ? 0 : 1);
}

/** Only a process that waits, rests or holds, or has children, can be part of a finding that its end would hide. */
function involved(process: ProcessEntity): boolean {
  if (process.children.size > 0) return true;
  for (const thread of process.threads.values())
    if (thread.waits.size > 0 || thread.holds.length > 0 || (thread.quiescent ?? thread.woken) !== null)
      return true;
  return false;
}
