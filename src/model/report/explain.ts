import type { FindingKind } from '../types/index.ts';

declare const __FORKSCOPE_FINDINGS__: string | undefined;

/** The section of docs/findings.md about a kind; the build puts the text in. */
export function explanationOf(kind: FindingKind): string {
  const text = typeof __FORKSCOPE_FINDINGS__ === 'string' ? __FORKSCOPE_FINDINGS__ : '';
  const [, section] = text.split(new RegExp(`^## ${kind}$`, 'm'));
  return `## ${kind}${section?.split(/^## /m)[0] ?? ''}`.trim();
}
