import type { Probe } from '../context/shim.ts';

/** Which `await`s are open while the thread rests, and which of them can never go on. */
export const awaits: Probe = {
  name: 'awaits',
  install({ awaits: book, quiescence }) {
    if (book !== undefined) quiescence.atRest((looks, turned) => book.rest(looks, turned));
  },
};
