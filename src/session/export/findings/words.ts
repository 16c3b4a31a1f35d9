import type { Finding } from '../../../model/types/index.ts';

/** A finding as text: what it is, why it is said, and how to mend it. */
export function wordsOf({ title, explanation, fix, certainty, kind }: Finding): string {
  return [`${title} (${kind}, ${certainty})`, explanation, fix].filter((part) => part !== '').join('\n');
}
