/** Characters that mean something in Markdown, also to what makes links and formulas of plain text. */
const MEANING = /[\\`*_{}[\]()#+\-.!<>|~&$:]/g;

/** Text as Markdown that shows it as it is: what a program calls its locks and files must mean nothing. Line ends become blanks. */
export function plain(text: string): string {
  return text.replace(MEANING, '\\$&').replace(/\s+/g, ' ');
}
