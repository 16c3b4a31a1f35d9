/** The files of one trace directory, as a reader needs them; the only thing that binds a reader to its surroundings. */
export interface TraceFiles {
  /** Names of all files, in any order. Throws when the directory cannot be read. */
  list(): readonly string[];
  /** Fills `into` from byte `position` of a file; the number of bytes read, 0 at its end or when it is gone. */
  read(name: string, position: number, into: Uint8Array): number;
  /** Bytes of a file, 0 when it is gone. */
  size(name: string): number;
  /** Why files that are there are not read, one sentence each, once. */
  takeProblems?(): readonly string[];
  /** Gives back what is held open. */
  close(): void;
}
