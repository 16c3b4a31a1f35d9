export {
  DEFAULT_FINDING_OPTIONS,
  FindingOptionError,
  type FindingOptions,
  findingKind,
  findingOptions,
  thresholdsOf,
} from './findings/options.ts';
export { RULES } from './findings/rules/index.ts';
export { Model } from './model.ts';
export {
  explanationOf,
  findingLines,
  makeReport,
  oneFinding,
  PLAIN,
  printable,
  reportLines,
  type Styler,
  safe,
  type TextOptions,
  treeRows,
} from './report/index.ts';
export { NOTHING, type TimeRange, tileRange } from './timeline/tiles.ts';
export * from './types/index.ts';
export {
  parallelStacks,
  type StackGroup,
  type StackMembers,
  type Standing,
  type StandingIds,
} from './views/parallel-stacks.ts';
export { NO_THREADS, stackGroupLines } from './views/stack-lines.ts';
export type { FlowFilter } from './views/timeline.ts';
