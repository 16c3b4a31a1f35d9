/**
 * What a terminal obeys instead of showing it (control characters, line and paragraph separators), what turns the direction
 * of the text after it, and halves of characters.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u;
const ALL_UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;
const RUNS_OF_UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]+/gu;

/** Stands for a character that has no picture of its own. */
const REPLACEMENT = '\ufffd';

/** The text for one line of a terminal: each run of what is not shown becomes one blank. */
export function oneLine(text: string): string {
  return UNSAFE.test(text) ? text.replace(RUNS_OF_UNSAFE, ' ').trim() : text.trim();
}

/** The text with every character that a terminal would obey made visible: the escape character becomes ␛. */
export function visible(text: string): string {
  return UNSAFE.test(text) ? text.replace(ALL_UNSAFE, picture) : text;
}

/** The same for texts of several lines: line ends and tabs stay. */
export function visibleLines(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(ALL_UNSAFE, (char) => (char === '\n' || char === '\t' ? char : picture(char)));
}

/** Unicode has pictures of the control characters of ASCII: `U+2400` and following. */
function picture(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : REPLACEMENT;
}
