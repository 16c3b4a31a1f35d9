/** Reading traces, for Node programs; the writing half is imported file by file, so that the shim stays small. */
export { TraceError, type TraceErrorCode } from './reader/errors.ts';
export { NodeTraceFiles } from './reader/node-files.ts';
export { openTrace } from './reader/open.ts';
export { TraceReader } from './reader/reader.ts';
export { hasSessionEnded, readSessionHead } from './reader/session-head.ts';
export type { Damage, DamageKind, PollResult, TraceSink } from './reader/sink.ts';
export { LineWriter } from './writer/line-writer.ts';
