/** Reading traces, for Node programs; the writing half is imported file by file, so that the shim stays small. */
export { TraceError, type TraceErrorCode } from './errors.ts';
export { LineWriter } from './line-writer.ts';
export { openTrace } from './open.ts';
export { TraceReader } from './reader.ts';
export type { Damage, DamageKind, PollResult, TraceSink } from './sink.ts';
