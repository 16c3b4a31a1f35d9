import type { SiteDefinition } from '../../trace/format/definitions.ts';
import type { CallSite } from '../types/index.ts';

/**
 * Call sites of all streams, interned. A reference is `2 × index + sampled`, so that columns hold one number; 0 is "unknown".
 */
export class SiteTable {
  private readonly byKey = new Map<string, number>();
  private readonly views: (CallSite | null)[] = [null, null];

  /** The index of a definition's place, from 1. */
  intern(def: Pick<SiteDefinition, 'file' | 'line' | 'column' | 'fn'>): number {
    const key = `${def.line}:${def.column}:${def.fn}:${def.file}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const index = this.views.length / 2;
    const { file, line, column, fn } = def;
    this.views.push({ file, line, column, fn, sampled: false }, { file, line, column, fn, sampled: true });
    this.byKey.set(key, index);
    return index;
  }

  view(ref: number): CallSite | null {
    return this.views[ref] ?? null;
  }
}

export function siteRef(index: number, sampled: boolean): number {
  return index === 0 ? 0 : index * 2 + (sampled ? 1 : 0);
}
