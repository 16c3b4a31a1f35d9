import type { CallSite, StackFrame } from '../types/index.ts';
import type { Translate } from './translate.ts';

/** The last part of a path, on either separator. */
export function baseName(path: string): string {
  const parts = path.split(/[\\/]/);
  for (let i = parts.length - 1; i >= 0; i--) if (parts[i] !== '') return parts[i] as string;
  return path;
}

/** `deadlock.ts:25`, the short form of a place in the source; '' where none is known. */
export function placeText(site: { readonly file: string; readonly line: number } | null): string {
  return site === null ? '' : `${baseName(site.file)}:${site.line}`;
}

/** `deadlock.ts:25`; where that is a caller's line, with the function that it went through: `shop.ts:11 through takeLock`. */
export function siteText(t: Translate, site: CallSite | null): string {
  const place = placeText(site);
  const helper = site === null ? undefined : helperOf(site);
  if (helper === undefined) return place;
  return t('{0} through {1}', place, helper.fn || placeText(helper));
}

/** The program's own nearest frame, where the place of a site is that of one of its callers. */
export function helperOf({ file, line, frames }: CallSite): StackFrame | undefined {
  const nearest = frames.find((frame) => frame.package === '');
  return nearest === undefined || (nearest.line === line && nearest.file === file) ? undefined : nearest;
}

/** `takeLock locks.ts:5`, `async main shop.ts:20`, `p-limit index.js:12`: a frame of a stack as V8 writes it, but short. */
export function frameText(frame: StackFrame): string {
  const who = frame.package || frame.fn;
  return [frame.async ? 'async' : '', who, placeText(frame)].filter((word) => word !== '').join(' ');
}

/** Longest stack that is written out in one line, frames. */
const LONGEST_STACK = 8;

/** `takeLock locks.ts:5 ← sell shop.ts:11 ← async main shop.ts:20`; '' where there is but one frame. */
export function stackText({ frames }: CallSite): string {
  if (frames.length < 2) return '';
  const shown = frames.slice(0, LONGEST_STACK).map(frameText);
  return [...shown, ...(frames.length > LONGEST_STACK ? ['…'] : [])].join(' ← ');
}
