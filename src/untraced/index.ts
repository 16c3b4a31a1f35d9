/** Looking into a running program that nobody traced, for the command line and the extension. */
export { debugPort } from './cdp/debug-port.ts';
export { NotInspectable } from './cdp/open.ts';
export { shortName } from './program/names.ts';
export { inspectProgram, type Program, type ProgramOptions, type ProgramProcess } from './program/program.ts';
export {
  type ListOptions,
  PROGRAM_CONDITIONS,
  type ProgramCondition,
  type RunningProgram,
  runningPrograms,
} from './program/running.ts';
export { type Found, foundIn, type LookWord } from './report/found.ts';
export { standings } from './report/standing.ts';
export { programLines, type Section, sectionLines } from './report/text.ts';
export { type Remark, remarks } from './report/verdict.ts';
export { programSystem } from './system/index.ts';
export { namesSignal } from './system/own-listener.ts';
