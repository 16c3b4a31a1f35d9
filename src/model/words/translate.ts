/** Looks a message up in the reader's language and fills `{0}`, `{1}` … in: `l10n.t` of the editor, or {@link english}. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** The translator of everything that is always English: findings, the command line, exports. */
export const english: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)] ?? ''));
