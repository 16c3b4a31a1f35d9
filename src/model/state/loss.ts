import type { Damage } from '../../trace/reader/sink.ts';
import type { LossView } from '../types/index.ts';
import type { ProcessEntity } from './entities.ts';

const UNENDED = 'trace-unended';
const NO_STREAM = {
  code: 'process-unseen',
  message: 'it ended before the tracer was loaded in it, or ran without it: what it did is missing',
};
/** Problems of one kind that are listed; of the others only their number is told. */
const MOST_LISTED = 100;

/** What the trace could not keep, what was damaged, and what the shim could not trace. */
export class LossState {
  dropped = 0;
  damaged = 0;
  exact = true;
  /** Something is missing of which nobody knows whose it was: no count is sure. */
  unattributed = false;
  private readonly problems: {
    readonly process: ProcessEntity | null;
    readonly code: string;
    readonly message: string;
  }[] = [];
  private readonly known = new Set<string>();
  /** Code → how many problems of this kind there are. */
  private readonly numbers = new Map<string, number>();

  damage(damage: Damage, process: ProcessEntity | null): void {
    if (damage.kind === 'cut') {
      // Nothing is missing but the ends of texts.
      this.problem(process, 'trace-cut', damage.message);
      return;
    }
    this.exact = false;
    if (damage.stream === undefined || damage.kind === 'definitions') this.unattributed = true;
    if (damage.kind === 'dropped') this.dropped += damage.count;
    else if (damage.kind !== 'definitions' && damage.kind !== 'unended')
      this.damaged += Math.max(1, damage.count);
    this.problem(process, `trace-${damage.kind}`, damage.message);
  }

  /** A repeated problem is listed once. */
  problem(process: ProcessEntity | null, code: string, message: string): void {
    const number = this.numbers.get(code) ?? 0;
    const key = `${process?.index ?? ''}\0${code}\0${message}`;
    if (number < MOST_LISTED && this.known.has(key)) return;
    this.numbers.set(code, number + 1);
    if (number >= MOST_LISTED) return;
    this.known.add(key);
    this.problems.push({ process, code, message });
  }

  /** @param unseen processes of which nothing is known, though a stream of each was due */
  view(unseen: readonly ProcessEntity[] = []): LossView {
    const listed = unseen.slice(0, MOST_LISTED);
    const all = [...this.problems, ...listed.map((process) => ({ process, ...NO_STREAM }))];
    const problems = all.map(({ process, code, message }) => ({
      process: process === null || process.id === '' ? null : process.id,
      code,
      message: code === UNENDED && process?.alive === true ? stillRan(message) : message,
    }));
    for (const [code, number] of [...this.numbers, [NO_STREAM.code, unseen.length] as const]) {
      const more = number - MOST_LISTED;
      if (more > 0) problems.push({ process: null, code, message: `and ${more} more of this kind` });
    }
    problems.sort(
      (a, b) =>
        compare(a.process ?? '', b.process ?? '') || compare(a.code, b.code) || compare(a.message, b.message),
    );
    const exact = this.exact && unseen.length === 0;
    return { exact, dropped: this.dropped, damaged: this.damaged, problems };
  }
}

/** Not killed, and the disk is not full: a daemon outlives the session. */
function stillRan(message: string): string {
  const [stream] = message.split(':', 1);
  return `${stream}: it still ran when the trace ended: what it did after that is missing`;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
