/** Text that is markup already. Only {@link html} makes it, so whatever else is put into a page is escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Markup | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that a page cannot hold or that would turn the text around them: shown as the mark for a broken one. */
const HOSTILE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text of a traced program as it may stand in an element or in a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(HOSTILE, '\ufffd').replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Markup with values in it, each of which is escaped unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    parts.map((part, i) => part + (i < values.length ? markup(values[i] ?? '') : '')).join(''),
  );
}

function markup(value: Content): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escaped(value);
  return typeof value === 'number' ? String(value) : value.map(markup).join('');
}

/** A text in so many characters at most: a page is to be read, and hostile names may be long. */
export function short(text: string, most = 200): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** What was left out of a list, as its last row. */
export function moreText(left: number): string {
  return left > 0 ? `… and ${left} more` : '';
}
