/** What an editor shows of the text of Markdown: its escapes undone. */
export const shownText = (markdown: string): string => markdown.replace(/\\([^\w\s])/g, '$1');
