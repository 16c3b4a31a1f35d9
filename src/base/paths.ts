import path from 'node:path';

/** The way from a folder down to a place, '' to the folder itself; `undefined`: the place is not below it. */
export function wayBelow(folder: string, place: string): string | undefined {
  const way = path.relative(folder, place);
  return way.startsWith('..') || path.isAbsolute(way) ? undefined : way;
}
