/** What one message may ask for, so that its receiver does not run out of memory for it. */

/** Objects inside of each other, of what is sent and of what is received: more would end in a full stack. */
export const DEEPEST = 2000;

/** V8 ends the whole process when an array, or the names of an object, outgrow its tables. */
export const MOST_ITEMS = 2 ** 26;
export const MOST_KEYS = 2 ** 24;

/** Characters of a regular expression: V8 needs some hundred bytes for each, outside of its heap, to check it. */
export const MOST_SOURCE = 2 ** 20;

/** About what V8 needs for a value beside the values in it, in bytes. */
export const COST = {
  item: 8,
  object: 64,
  entry: 40,
  collection: 200,
  string: 24,
  buffer: 256,
  error: 1024,
} as const;
