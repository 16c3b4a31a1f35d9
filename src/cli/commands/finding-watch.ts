import type { Finding } from '../../model/index.ts';
import type { Program, Session } from '../../session/index.ts';
import type { RunOptions } from '../arguments/options.ts';
import { columnsOf, stylerFor } from '../screen/terminal.ts';
import { announcement } from './announce.ts';

/** Says each finding when it happens, and ends the program because of one where that is wanted. */
export class FindingWatch {
  readonly #session: Session;
  readonly #program: Program;
  readonly #options: RunOptions;
  readonly #write: (text: string) => void;
  readonly #styler = stylerFor(process.stderr);
  #killing: Promise<unknown> | undefined;
  #ended = false;

  constructor(session: Session, program: Program, options: RunOptions, write: (text: string) => void) {
    this.#session = session;
    this.#program = program;
    this.#options = options;
    this.#write = write;
    session.onFinding((finding) => this.#tell(finding));
    for (const finding of session.findings()) this.#tell(finding);
  }

  /** The program was ended because of a deadlock. */
  get killed(): boolean {
    return this.#killing !== undefined;
  }

  /** From now on the report says what is found; resolves when a kill under way has ended the whole tree. */
  async programEnded(): Promise<void> {
    this.#ended = true;
    await this.#killing;
  }

  #tell(finding: Finding): void {
    if (this.#ended && this.#options.report) return;
    const isDeadlock = finding.blocking && finding.certainty === 'certain' && !this.#ended;
    const killing = isDeadlock && this.#options.onDeadlock === 'kill';
    const text = announcement(finding, this.#session.model, this.#session.now, {
      pid: this.#program.pid,
      killing,
      ended: this.#ended,
      styler: this.#styler,
      columns: columnsOf(process.stderr),
    });
    this.#write(text);
    if (killing) this.#killing ??= this.#program.kill(finding.id);
  }
}
