/** A map's chunks, and its result from theirs. */
import type { AsyncResult } from './async-result.ts';
import type { Outcome, Submission } from './flights.ts';

/** Cuts `items` into chunks; when all have come, `result` is settled: with the values in order, or the first failure. */
export function gather<R>(
  items: readonly unknown[],
  chunk: number,
  result: AsyncResult<R[]>,
): Pick<Submission, 'count' | 'body' | 'settle'> {
  const values = new Array<R>(items.length);
  const count = Math.ceil(items.length / chunk);
  let left = count;
  let failure: (Outcome & { readonly ok: false }) | undefined;
  return {
    count,
    body: (index) => items.slice(index * chunk, (index + 1) * chunk),
    settle(index, outcome) {
      if (!outcome.ok) failure ??= outcome;
      else place(outcome.value as R[], values, index * chunk);
      if (--left === 0) result.settle(failure ?? { ok: true, value: values });
    },
  };
}

function place<R>(from: readonly R[], into: R[], at: number): void {
  for (let i = 0; i < from.length; i++) into[at + i] = from[i] as R;
}
