import type { Wait } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import type { Finding } from '../../types/index.ts';
import type { Stuck, WaitGraph } from '../graph/graph.ts';

/** What a rule looks at. Rules read; only `claimed` and `due` are told back. */
export interface RuleContext {
  readonly world: World;
  /** Session time of the question, ns. */
  readonly now: number;
  readonly graph: WaitGraph;
  /** What nothing alive can end, by evidence. */
  readonly certain: Stuck;
  /** What has lasted, and what only unproven activity could end. */
  readonly suspected: Stuck;
  /** How long a wait must last before it is suspected, ns. */
  readonly suspectAfter: number;
  /** Waits that a finding explains: later rules leave them alone. */
  readonly claimed: Set<Wait>;
  /** Asks for another look at this session time, though nothing was fed. */
  due(time: number): void;
}

/** One way to hang or to hurt oneself: a file of `rules/`, a section of docs/findings.md. */
export type Rule = (context: RuleContext) => Finding[];
