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
