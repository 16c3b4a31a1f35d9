import type { Outcome } from './flights.ts';
import type { ResultIterator } from './result-iterator.ts';

/** Returns the task's number. */
type Submit = (chunk: readonly unknown[], settle: (outcome: Outcome) => void) => number;

/** Chunks at work for each worker: enough that none waits, few enough that an endless source does not fill memory. */
const AHEAD = 16;

/**
 * Cuts a source into chunks and submits them while there is room. What the source throws reaches the iterator after the
 * results of the complete chunks before it, as in Python.
 */
export function feed<R>(
  source: Iterable<unknown> | AsyncIterable<unknown>,
  size: number,
  workers: number,
  iterator: ResultIterator<R>,
  submit: Submit,
): void {
  const most = AHEAD * workers;
  let chunks = 0;
  let atWork = 0;
  let resume: (() => void) | undefined;
  const send = (items: readonly unknown[]): void => {
    const chunk = chunks++;
    atWork++;
    const task = submit(items, (outcome) => {
      atWork--;
      iterator.settle(chunk, outcome);
      if (atWork < most) resume?.();
    });
    iterator.submitted(chunk, task);
  };
  const room = async (): Promise<void> => {
    while (atWork >= most) {
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
    }
  };
  const run = async (): Promise<void> => {
    let items: unknown[] = [];
    for await (const item of source) {
      items.push(item);
      if (items.length < size) continue;
      send(items);
      items = [];
      await room();
    }
    if (items.length > 0) send(items);
  };
  run().then(
    () => iterator.end(chunks),
    (error: unknown) => iterator.end(chunks, { error }),
  );
}
