import type { Translate } from './translate.ts';

/** `a`, `a and b`, `a, b and c`; above `most` entries `a, b and 7 more`. What is there twice is named once. */
export function listText(t: Translate, words: readonly string[], most = 4): string {
  const unique = [...new Set(words)];
  if (unique.length > most) {
    const shown = unique.slice(0, most - 1).join(', ');
    return t('{0} and {1} more', shown, unique.length - most + 1);
  }
  const [last = '', ...before] = unique.reverse();
  return before.length === 0 ? last : t('{0} and {1}', before.reverse().join(', '), last);
}
