import type { ThreadEntity, Wait } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import type { Finding, FindingKind } from '../../types/index.ts';
import type { Stuck, WaitGraph } from '../graph/graph.ts';

/** A number that a rule goes by and that users may set. */
export interface Threshold {
  readonly value: number;
  readonly unit: 'ms' | '%' | 'count';
  /** What it is the limit of, in one line. */
  readonly summary: string;
}

/** For `suspectAfter` of a rule: how long waits without proof must last. */
export const SUSPECT_AFTER: Threshold = {
  value: 5000,
  unit: 'ms',
  summary: 'how long it must have lasted before it is suspected',
};

/** One way to hang or to hurt oneself: a file of `rules/` named after its kind, and a section of docs/findings.md. */
export interface Rule {
  readonly kind: FindingKind;
  /** What has happened, in one line. The section of docs/findings.md begins with it. */
  readonly summary: string;
  /** Whether its findings are hangs; of `sometimes` each finding says it. */
  readonly blocks: 'always' | 'sometimes' | 'never';
  /** A blocking finding stays in the report, as one that blocks no longer, when its processes have ended since. */
  readonly outlives: boolean;
  /** `suspectAfter`, in ms, is known to all rules that suspect something. */
  readonly thresholds: Readonly<Record<string, Threshold>>;
  /** Kinds that explain the same waits better: their rules are asked first. */
  readonly yieldsTo?: readonly FindingKind[];
  check(context: RuleContext): Finding[];
}

/** What a rule looks at. Rules read; only `claimed`, `explained` and `due` are told back. */
export interface RuleContext {
  readonly rule: Rule;
  readonly world: World;
  /** Session time of the question, ns. */
  readonly now: number;
  readonly graph: WaitGraph;
  /** What nothing alive can end, by evidence. */
  readonly certain: Stuck;
  /** What has lasted, and what only unproven activity could end. */
  readonly suspected: Stuck;
  /** Waits that a finding explains: later rules leave them alone. */
  readonly claimed: Set<Wait>;
  /** Threads that rest without a wait, and why is found: later rules leave groups with them alone. */
  readonly explained: Set<ThreadEntity>;
  /** A threshold of the rule, in its own unit. */
  threshold(name: string): number;
  /** Asks for another look at this session time, though nothing was fed. */
  due(time: number): void;
}

/** In the order in which they are asked: each after those that it yields to, else by kind. */
export function inOrder(rules: readonly Rule[]): Rule[] {
  const byKind = new Map(rules.map((rule) => [rule.kind, rule]));
  const ordered = new Set<Rule>();
  const add = (rule: Rule, path: readonly FindingKind[]): void => {
    if (path.includes(rule.kind)) throw new Error(`rules yield in a circle: ${path.join(', ')}`);
    if (ordered.has(rule)) return;
    for (const kind of rule.yieldsTo ?? []) {
      const first = byKind.get(kind);
      if (first !== undefined) add(first, [...path, rule.kind]);
    }
    ordered.add(rule);
  };
  for (const rule of rules) add(rule, []);
  return [...ordered];
}
