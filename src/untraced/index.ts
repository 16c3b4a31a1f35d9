/** Looking into a running program that nobody traced, for the command line and the extension. */
export { debugPort } from './cdp/debug-port.ts';
export { NotInspectable } from './cdp/open.ts';
export { inspectProgram, type Program, type ProgramOptions, type ProgramProcess } from './program/program.ts';
export { standings } from './report/standing.ts';
export { programLines } from './report/text.ts';
export { type Remark, remarks } from './report/verdict.ts';
export { programSystem } from './system/index.ts';
export { namesSignal } from './system/own-listener.ts';
