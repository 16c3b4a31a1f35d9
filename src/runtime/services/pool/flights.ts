/** The tasks that are on their way, by number. */
import type { AnyFunction } from '../../core/tasks/task.ts';
import type { Mode } from './wire.ts';

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** Tasks of one function that are submitted together: one, or all chunks of a map. */
export interface Submission {
  readonly fn: AnyFunction;
  readonly mode: Mode;
  readonly count: number;
  /** What task `index` (from 0) does it to; see {@link Mode}. */
  readonly body: (index: number) => unknown;
  readonly settle: (index: number, outcome: Outcome) => void;
  /** Who submits it, as `noteCaller` gives it; without it, whoever is on the stack when it is put. */
  readonly site?: number;
}

/** A submission under way. Its tasks have numbers one after the other. */
export interface Flight extends Submission {
  readonly first: number;
  site: number;
  left: number;
  /** Place of its first task among all tasks that were ever put, from 1; 0: not put yet. */
  position: number;
  /** Tasks of it that could not be put, and so have no place, in order. */
  readonly unput: number[];
  /** 1: settled. */
  readonly landed: Uint8Array | undefined;
}

const MOST = 0x7fffffff;

export class Flights {
  /** Those of one task, by its number. */
  readonly #single = new Map<number, Flight>();
  readonly #many: Flight[] = [];
  #last: Flight | undefined;
  #numbers = 0;

  /** Numbers the tasks. */
  add(submission: Submission): Flight {
    const { fn, mode, count, body, settle, site = 0 } = submission;
    // Numbers are positive int32s in the workers' words; those of long ago are free again.
    if (this.#numbers + count > MOST) this.#numbers = 0;
    const landed = count === 1 ? undefined : new Uint8Array(count);
    const first = this.#numbers + 1;
    const flight = {
      fn,
      mode,
      count,
      body,
      settle,
      site,
      first,
      left: count,
      position: 0,
      unput: [],
      landed,
    };
    this.#numbers += count;
    if (count === 1) this.#single.set(first, flight);
    else this.#many.push(flight);
    return flight;
  }

  /** Flights that are not settled whole. */
  get size(): number {
    return this.#single.size + this.#many.length;
  }

  /** Task `number` is settled now; undefined when it was before, or is unknown. */
  land(number: number): Flight | undefined {
    const flight = this.#find(number);
    if (flight === undefined) return undefined;
    if (flight.landed !== undefined) {
      const index = number - flight.first;
      if (flight.landed[index] === 1) return undefined;
      flight.landed[index] = 1;
    }
    if (--flight.left === 0) this.#remove(flight);
    return flight;
  }

  #find(number: number): Flight | undefined {
    const last = this.#last;
    if (last !== undefined && isIn(last, number)) return last;
    const single = this.#single.get(number);
    if (single !== undefined) return single;
    this.#last = this.#many.find((flight) => isIn(flight, number));
    return this.#last;
  }

  #remove(flight: Flight): void {
    if (this.#last === flight) this.#last = undefined;
    if (flight.count === 1) this.#single.delete(flight.first);
    else this.#many.splice(this.#many.indexOf(flight), 1);
  }

  /** Numbers of the tasks that are not settled. */
  open(): number[] {
    const numbers = [...this.#single.keys()];
    for (const { first, count, landed } of this.#many) {
      for (let index = 0; index < count; index++) if (landed?.[index] !== 1) numbers.push(first + index);
    }
    return numbers;
  }

  /** The task's place among all that were ever put; 0: it was not put. */
  position(number: number): number {
    const flight = this.#find(number);
    if (flight === undefined || flight.position === 0) return 0;
    const index = number - flight.first;
    if (flight.unput.includes(index)) return 0;
    return flight.position + index - flight.unput.filter((other) => other < index).length;
  }
}

function isIn({ first, count }: Flight, number: number): boolean {
  return number >= first && number < first + count;
}
