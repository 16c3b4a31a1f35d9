export { explanationOf } from './explain.ts';
export { cut, head, PLAIN, printable, type Styler, safe, table, width, wrap } from './layout.ts';
export { makeReport } from './make.ts';
export { reportLines, type TextOptions } from './text.ts';
export { findingLines, oneFinding } from './text-findings.ts';
export { countBelow, DEEPEST_TREE, type TreeRow, treeRows } from './tree.ts';
