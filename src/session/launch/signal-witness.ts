import os from 'node:os';
import type { StreamDefinition } from '../../trace/format/definitions.ts';
import { KIND, type TraceRecord } from '../../trace/format/records.ts';

/** Milliseconds by which the record of a signal may be seen before the tool itself gets the signal. */
const SLACK = 1000;

/** Knows from the trace which signals the root process itself has received. */
export class SignalWitness {
  readonly #root: number;
  readonly #refresh: () => void;
  /** Signal number → when its record was seen, ms of `performance.now()`. */
  readonly #seen = new Map<number, number>();

  /** @param refresh reads what is in the trace now */
  constructor(root: number, refresh: () => void) {
    this.#root = root;
    this.#refresh = refresh;
  }

  readonly onRecord = (stream: StreamDefinition, record: TraceRecord): void => {
    const own = record.n === 0 || record.n === stream.pid;
    if (record.kind === KIND.signal && own && stream.pid === this.#root) {
      this.#seen.set(record.value, performance.now());
    }
  };

  readonly hasReceived = (signal: NodeJS.Signals, since: number): boolean => {
    this.#refresh();
    const at = this.#seen.get(os.constants.signals[signal]);
    return at !== undefined && at >= since - SLACK;
  };
}
