/**
 * What a reader takes from a trace, whoever wrote it. Traces of real programs stay far below; what is above is left out,
 * and said.
 */
export const LIMIT = {
  /** Streams of a trace: more would take minutes to look at, again with every poll. */
  streams: 20_000,
  /** Files of witnesses: each window that debugs the program writes one. */
  witnesses: 256,
  /** Bytes of a stream's definition file. The session file is read piece by piece, and may be as long as the session was. */
  definitionFile: 512 * 1024 ** 2,
  /** Bytes of a line: a command line may have two megabytes. */
  line: 4 * 1024 ** 2,
  /** Bytes without a line's end after which the rest of a file is not looked at: it is something else. */
  hopelessLine: 64 * 1024 ** 2,
  /** Number of a line in its file. */
  lines: 2 ** 32,
  /** Damaged lines of a file after which the rest of it is not looked at: it is something else. */
  damagedLines: 10_000,
  /** Depth of the objects and lists in a line. */
  nesting: 16,
  /** Characters of names, of paths, of one argument, of a message for people. */
  name: 1024,
  path: 8192,
  argument: 128 * 1024,
  message: 16 * 1024,
  /** Entries of a list. */
  list: 16_384,
  /** Records of a segment: a writer makes none that holds more. */
  segmentRecords: 1_000_000,
  /** Times, ns before or after the session's origin: thirty years. */
  time: 1e18,
} as const;

/** Is this a time that something in a trace can have? */
export function isTime(ns: number): boolean {
  return Math.abs(ns) <= LIMIT.time;
}
