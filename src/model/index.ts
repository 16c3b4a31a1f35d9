export type { FindingOptions } from './findings/engine.ts';
export { Model } from './model.ts';
export {
  findingLines,
  makeReport,
  oneFinding,
  PLAIN,
  reportLines,
  type Styler,
  safe,
  type TextOptions,
} from './report/index.ts';
export type * from './report/types.ts';
export { NOTHING, type TimeRange, tileRange } from './timeline/tiles.ts';
export * from './types/index.ts';
export type { FlowFilter } from './views/timeline.ts';
