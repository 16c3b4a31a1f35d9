import type { Ns, SourcesId, WaitNumber } from '../../base/quantities.ts';
import { reportProblem } from '../core/guard.ts';
import { natives } from '../core/natives.ts';
import type { Recorder } from '../core/recorder.ts';
import type { Found, SourceBook } from '../sources/book.ts';
import { activeResources, type Resources } from '../sources/resources.ts';
import { LoopTurns } from '../sources/turns.ts';
import { Counts, type HandleExpert } from './counts.ts';

/** A thread that has recorded nothing for so long is looked at, ms. */
const QUIET_MS = 100;
/** Where one look is not enough to know all that could wake it, the next one follows after this time, ms; then twice that, and so on. */
const CONFIRM_MS = 30;
/**
 * A thread of which all was known is doubted so often before that is told, for 450 ms in all: V8 collects garbage on other
 * threads and turns the loop for it, and on a busy machine that takes long.
 */
const MOST_DOUBTS = 4;
/** One that still rests is looked at again after this time, and then each time this much later, ms. */
const SECOND_MS = 350;
const AGAIN_MS = 1000;
/** A list that has changed in moments and amounts only is told again after this long, ns. */
const AGAIN_NS = 5e9;

/**
 * Notices that a thread has come to rest, and tells what could make it run again. It looks 100 ms after the thread's last
 * event, and again while the rest lasts: timers fire and callbacks run without anything to record. Its own timers never
 * keep the program alive.
 */
export class Quiescence {
  readonly #recorder: Recorder;
  readonly #book: SourceBook;
  readonly #counts = new Counts();
  readonly #turns = new LoopTurns();
  readonly #writing = new Set<() => number>();
  /** Bytes that were still to be written at the last look. */
  #unwritten = 0;
  /** A timer for the first look runs; and one for another look at a thread that rests. */
  #armed = false;
  #armedAgain = false;
  /** How many looks this rest has had; 0: the thread does not rest, as far as is known. */
  #looks = 0;
  /** The list of sources that was told last. */
  #id: SourcesId = 0;
  #signature = '';
  #toldAt: Ns = Number.NEGATIVE_INFINITY;
  #nextDue = Number.POSITIVE_INFINITY;
  #complete = false;
  /** So many looks, one after the other, have found that there may be more than they see. */
  #unsure = 0;
  #atRest: ((looks: number, turned: boolean) => void) | undefined;
  /** The `keepAlive` definition that was written last, as JSON, and when. */
  #kept = '';
  #keptAt: Ns = 0;

  constructor(recorder: Recorder, book: SourceBook) {
    this.#recorder = recorder;
    this.#book = book;
    this.#watch();
  }

  /** The wait `n` is for the end of the child `pid`. */
  joins(n: WaitNumber, pid: number): void {
    this.#counts.joins(n, pid);
  }
  ended(n: WaitNumber): void {
    this.#counts.ended(n);
  }

  /**
   * While the number of bytes that `left` tells changes, the thread is at work though nothing is recorded: a long queue of
   * messages. Returns what ends that.
   */
  writes(left: () => number): () => void {
    this.#writing.add(left);
    return () => this.#writing.delete(left);
  }

  /** `look` is called at each look at the thread while it rests: the how manieth of this rest, and whether it has run since the last one. */
  atRest(look: (looks: number, turned: boolean) => void): void {
    this.#atRest = look;
  }

  consult(expert: HandleExpert): void {
    this.#counts.consult(expert);
  }

  #watch(): void {
    this.#recorder.watchActivity(() => {
      this.#looks = 0;
      this.#unsure = 0;
      this.#counts.resumed();
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    natives.later(this.#first, QUIET_MS);
  }

  readonly #first = (): void => {
    this.#armed = false;
    this.#try(() => {
      const { clock, lastActivity } = this.#recorder;
      if (this.#looks > 0) return;
      if (clock.now() - lastActivity < QUIET_MS * 0.9e6 || !this.#look()) this.#arm();
    });
  };

  readonly #second = (): void => {
    this.#armedAgain = false;
    // The thread has done something meanwhile, and is watched for its next rest.
    if (this.#looks === 0) return;
    this.#try(() => {
      const turned = this.#turned();
      const due = this.#recorder.clock.now() >= this.#nextDue;
      if ((turned || due || !this.#complete || this.#unsure > 0) && !this.#look(turned)) {
        this.#looks = 0;
        this.#arm();
      } else {
        this.#recorder.stillRests();
        this.#again();
      }
    });
  };

  #turned(): boolean {
    return this.#turns.turned(this.#book.timers.ownTurns);
  }

  #again(): void {
    if (this.#armedAgain) return;
    this.#armedAgain = true;
    const usual = this.#looks <= 2 ? SECOND_MS : AGAIN_MS;
    const soon = CONFIRM_MS * 2 ** (this.#unsure - 1);
    natives.later(this.#second, this.#unsure > 0 ? Math.min(usual, soon) : usual);
  }

  #try(look: () => void): void {
    try {
      look();
    } catch (error) {
      reportProblem(this.#recorder, 'quiescence', error);
    }
  }

  /** False: the thread does not rest. `turned`: it has run since it was last looked at. */
  #look(turned = true): boolean {
    this.#recorder.settle();
    // Asking what keeps the loop alive costs time for each message in the queue.
    if (this.#isWriting()) return false;
    const resources = activeResources();
    if (resources.runs) return false;
    if (this.#looks === 0) this.#turned();
    this.#looks++;
    this.#atRest?.(this.#looks, turned);
    const found = this.#book.look(resources, turned);
    const doubted = this.#unsure > 0;
    this.#unsure = found.complete ? 0 : this.#unsure + 1;
    if (this.#looks > 1 && this.#complete && this.#unsure > 0 && this.#unsure <= MOST_DOUBTS) {
      this.#again();
      return true;
    }
    const changed = found.signature !== this.#signature || found.complete !== this.#complete;
    // Records of this look itself must not count as activity of the thread.
    this.#recorder.watchActivity(() => {});
    if (turned || doubted || changed) this.#rest(found, changed, resources);
    this.#again();
    this.#watch();
    return true;
  }

  #isWriting(): boolean {
    let left = 0;
    for (const bytes of this.#writing) left += bytes();
    const before = this.#unwritten;
    this.#unwritten = left;
    return left !== before;
  }

  #rest(found: Found, changed: boolean, resources: Resources): void {
    const recorder = this.#recorder;
    const unrefTimers = found.list.filter(({ kind, ref }) => kind === 'timer' && !ref).length;
    // Before it is asked for open waits: counting the handles may find, and record, some.
    let handles = this.#counts.handles(unrefTimers);
    let timers = found.list.reduce((n, { kind, count }) => (kind === 'timer' ? n + count : n), 0);
    if (recorder.openWaits === 0) {
      const kept = this.#counts.kinds(resources);
      handles += kept.Worker ?? 0;
      timers += this.#counts.unwatched(kept);
      this.#tellKept(kept);
    }
    this.#tell(found, changed);
    recorder.quiesce(handles, timers, this.#id);
  }

  #tell(found: Found, changed: boolean): void {
    const time = this.#recorder.clock.now();
    this.#nextDue = found.nextDue;
    if (!changed && time - this.#toldAt < AGAIN_NS) return;
    this.#toldAt = time;
    this.#signature = found.signature;
    this.#complete = found.complete;
    this.#id = this.#recorder.defineSources(found.complete, found.list);
  }

  #tellKept(handles: Readonly<Record<string, number>>): void {
    if (Object.keys(handles).length === 0) return;
    const told = JSON.stringify(handles);
    const time = this.#recorder.clock.now();
    if (told === this.#kept && time - this.#keptAt < AGAIN_NS) return;
    this.#kept = told;
    this.#keptAt = time;
    this.#recorder.define({ type: 'keepAlive', time, handles });
  }
}
