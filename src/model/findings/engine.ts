import type { ProcessEntity, ThreadEntity, Wait } from '../state/entities.ts';
import { LAST_MOMENT, type World } from '../state/world.ts';
import type { Finding, FindingKind, Proof } from '../types/index.ts';
import { WaitGraph } from './graph/graph.ts';
import { KeptFindings } from './kept.ts';
import { inOrder, type Rule, type RuleContext, SUSPECT_AFTER } from './kit/rule.ts';
import { DEFAULT_FINDING_OPTIONS, type FindingOptions } from './options.ts';
import { RULES } from './rules/index.ts';

/** Asks all rules, and remembers what an end would take away. */
export class FindingsEngine {
  private readonly world: World;
  private readonly options: FindingOptions;
  /** In the order in which they are asked. */
  private readonly rules: readonly Rule[];
  private readonly outliving: ReadonlySet<FindingKind>;
  private readonly kept: KeptFindings;
  /** What was proven of a process before it was paused: it stays so until it goes on. */
  private readonly held = new Map<ProcessEntity, readonly Finding[]>();
  private cached: { revision: number; now: number; due: number; findings: readonly Finding[] } | null = null;

  constructor(
    world: World,
    options: FindingOptions = DEFAULT_FINDING_OPTIONS,
    rules: readonly Rule[] = RULES,
  ) {
    this.world = world;
    this.options = options;
    this.kept = new KeptFindings(world);
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
    const findings = this.kept.merge([...found, ...this.heldBeside(found)]).sort(byWeight);
    this.cached = { revision: world.graphRevision, now, due, findings };
    return findings;
  }

  /**
   * Called before an end is entered: keeps what stands about the process and its descendants. Of one that was sent a signal only
   * what is certain: it may live on.
   */
  beforeEnd(process: ProcessEntity, time: number, how: 'normal' | 'unknown' | 'signalled'): void {
    if (this.world.killed !== null || this.kept.knows(process)) return;
    // Where nobody has asked for findings yet, as in a replay, no process knows its children.
    this.world.processes.link();
    if (isInvolved(process, how)) {
      // When it came to its end the process lived no longer.
      for (const finding of this.lookBack(time - 1)) {
        if (how === 'signalled' && finding.certainty !== 'certain') continue;
        if (this.outlives(finding) && this.takesAway(process, finding))
          this.kept.keep(this.asProven(finding), time);
      }
    }
    if (how !== 'signalled') this.beforeHearing(process, time);
  }

  /**
   * Called before a process that has just woken is entered to have heard of an end, or to end itself. What stood about it is kept
   * should the program turn out to have been ended then: whoever hears of that may tell of it before the launcher does.
   */
  beforeHearing(process: ProcessEntity, time: number): void {
    const { world, kept } = this;
    if (world.killed !== null || kept.knows(process)) return;
    const isWoken = ({ process: whose }: ThreadEntity): boolean => whose === process;
    if (!world.wokenSince(time - 1 - LAST_MOMENT, true).some(isWoken)) return;
    world.processes.link();
    for (const finding of this.lookBack(time - 1, true))
      if (this.outlives(finding) && this.takesAway(process, finding))
        kept.perhaps(this.asProven(finding), time, process);
  }

  /** Called before a process is held by a debugger or a signal. */
  beforePause(process: ProcessEntity, time: number): void {
    const proven = this.lookBack(time).filter(
      ({ blocking, certainty, processes }) =>
        blocking && certainty === 'certain' && processes.includes(process.id),
    );
    if (proven.length > 0) this.held.set(process, proven);
  }

  afterPause(process: ProcessEntity): void {
    this.held.delete(process);
  }

  private heldBeside(found: readonly Finding[]): Finding[] {
    const known = new Set(found.map(({ id }) => id));
    const held = new Map<string, Finding>();
    for (const [process, findings] of this.held)
      for (const finding of process.alive ? findings : [])
        if (!known.has(finding.id)) held.set(finding.id, finding);
    return [...held.values()];
  }

  /** Called before the whole program is ended from outside: keeps all that stands. */
  beforeEnding(time: number): void {
    const keep = (finding: Finding): void => {
      if (this.outlives(finding)) this.kept.keep(this.asProven(finding), time);
    };
    for (const finding of this.lookBack(time)) keep(finding);
    // An interval, or what wakes a thread at its end, may say something.
    for (const finding of this.lookBack(time, true)) if (!this.kept.isToldOf(finding)) keep(finding);
    this.kept.confirm(time);
  }

  /** With the proof as of the last look: what tells of an end may come after records and looks of others that died before. */
  private asProven(finding: Finding): Finding {
    const before = this.cached?.findings.find(({ id }) => id === finding.id);
    const [earlier, proof] = [before?.proof, finding.proof];
    return earlier && proof && standing(earlier) === standing(proof)
      ? { ...finding, proof: earlier }
      : finding;
  }

  private outlives({ blocking, kind }: Finding): boolean {
    return blocking && this.outliving.has(kind);
  }

  /** Ctrl-C ends a whole tree at once, its root first: an end concerns findings about descendants as well. */
  private takesAway(process: ProcessEntity, finding: Finding): boolean {
    return finding.processes.some((id) => {
      for (let p = this.world.processes.get(id) ?? null; p !== null; p = p.parent)
        if (p === process) return true;
      return false;
    });
  }

  /**
   * As {@link look}, with those at rest whom only the end at hand may have woken: orphans see it before the launcher does.
   * @param acted also those who have done something since then that is of no help to anybody
   */
  private lookBack(time: number, acted = false): Finding[] {
    const { resting } = this.world;
    const woken = this.world.wokenSince(time - LAST_MOMENT, acted);
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
}

function stuckSets(graph: WaitGraph): Pick<RuleContext, 'graph' | 'certain' | 'suspected'> {
  return { graph, certain: graph.stuck('certain'), suspected: graph.stuck('suspected') };
}

/** Equal where the same threads have stood since the same moments. */
function standing({ members }: Proof): string {
  return members.map(({ thread, task, since }) => `${thread} ${task} ${since}`).join();
}

/** Blocking before the rest, certain before suspected. */
function rank(finding: Finding): number {
  return (finding.blocking ? 0 : 2) + (finding.certainty === 'certain' ? 0 : 1);
}

function byWeight(a: Finding, b: Finding): number {
  return rank(a) - rank(b) || a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * Can the process be part of a finding that its end would hide? It waits, holds or has children; or it rests, and does not end of
 * itself.
 */
function isInvolved(process: ProcessEntity, how: 'normal' | 'unknown' | 'signalled'): boolean {
  if (process.children.size > 0) return true;
  for (const thread of process.threads.values()) {
    if (thread.waits.size > 0 || thread.holds.length > 0) return true;
    if (how !== 'normal' && (thread.quiescent ?? thread.woken) !== null) return true;
  }
  return false;
}
