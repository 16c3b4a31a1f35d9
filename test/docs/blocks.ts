import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const PAGES = ['api.md', 'coming-from-python.md'] as const;

/** A TypeScript block of a page of the documentation. */
export interface Block {
  /** `api.md:12`: where its first line is. */
  readonly where: string;
  readonly code: string;
  /** The lines that the page says it prints: the `text` block that follows at once. */
  readonly output: readonly string[] | undefined;
}

export function readPage(page: string): string {
  return readFileSync(path.join(ROOT, 'docs', page), 'utf8');
}

/** The ```ts blocks of a page. A complete program has a guard, and is followed by what it prints. */
export function blocksOf(page: string): Block[] {
  const text = readPage(page);
  const fence = /^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm;
  return [...text.matchAll(fence)].map((match) => ({
    where: `${page}:${text.slice(0, match.index).split('\n').length + 1}`,
    code: match[1] ?? '',
    output: match[2]?.split('\n').filter((line) => line !== ''),
  }));
}

export const isProgram = (block: Block): boolean => block.code.includes('isMain(import.meta)');
