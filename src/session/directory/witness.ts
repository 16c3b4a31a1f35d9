import path from 'node:path';
import type { PausedBy } from '../../trace/format/definitions.ts';
import { witnessName } from '../../trace/format/segment.ts';
import { LineWriter } from '../../trace/writer/line-writer.ts';
import { SessionClock } from '../core/clock.ts';
import { isFromHere, isLauncherAlive, readSessionHead } from './session-file.ts';

/** Tells a session that runs on this machine which of its processes somebody else than its launcher holds. */
export class Witness {
  readonly #clock: SessionClock;
  readonly #lines: LineWriter;

  private constructor(dir: string, origin: bigint) {
    this.#clock = new SessionClock(origin);
    const name = witnessName(`${process.pid}-${process.hrtime.bigint().toString(36)}`);
    this.#lines = new LineWriter(path.join(dir, name));
  }

  /** `undefined`: nothing is written there any more, or not from here. */
  static of(dir: string): Witness | undefined {
    const head = readSessionHead(dir);
    if (head === undefined || !isFromHere(head) || !isLauncherAlive(head)) return undefined;
    return new Witness(dir, BigInt(head.origin));
  }

  tell(type: 'paused' | 'resumed', pid: number, by: PausedBy): void {
    const time = this.#clock.now();
    this.#lines.write({ type, time, pid, by }, time);
  }

  close(): void {
    this.#lines.close();
  }
}
