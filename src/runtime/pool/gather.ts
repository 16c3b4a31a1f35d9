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
    body: (index) => (chunk === 1 ? items[index] : items.slice(index * chunk, (index + 1) * chunk)),
    settle(index, outcome) {
      if (!outcome.ok) failure ??= outcome;
      else if (chunk === 1) values[index] = outcome.value as R;
      else for (const [i, value] of (outcome.value as R[]).entries()) values[index * chunk + i] = value;
      if (--left === 0) result.settle(failure ?? { ok: true, value: values });
    },
  };
}
