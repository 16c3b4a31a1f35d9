import path from 'node:path';
import { wayBelow } from '../../base/paths.ts';

/** Folders, or files, that traces name → where they are here. */
export type PathMapping = Readonly<Record<string, string>>;

/** Where a file that a trace names could be here; what the most exact entry says comes first. */
export function placesHere(file: string, mapping: PathMapping): string[] {
  const names = namesIn(file);
  // A trace may come from anywhere: it leads nowhere but into the folders that are named.
  if (names.includes('..')) return [];
  return Object.entries(mapping)
    .map(([from, to]) => ({ from: namesIn(from), to }))
    .filter(({ from }) => from.every((name, i) => name === names[i]))
    .sort((a, b) => b.from.length - a.from.length)
    .map(({ from, to }) => path.join(to, ...names.slice(from.length)));
}

/** How a file of this machine may be called in traces: the other way round. */
export function namesInTraces(file: string, mapping: PathMapping): string[] {
  return Object.entries(mapping).flatMap(([from, to]) => {
    const way = wayBelow(to, file);
    if (way === undefined) return [];
    const separator = from.includes('\\') ? '\\' : '/';
    const names = way === '' ? [] : way.split(path.sep);
    return [[from.replace(/[\\/]$/, ''), ...names].join(separator)];
  });
}

/**
 * What two places of one file tell of others: the folders above which they are called the same. Of two names of the file itself: that
 * one stands for the other.
 */
export function mappingOf(file: string, here: string): { readonly from: string; readonly to: string } {
  const [there, local] = [namesIn(file), namesIn(here)];
  while (there.length > 1 && local.length > 1 && there.at(-1) === local.at(-1)) {
    there.pop();
    local.pop();
  }
  const separator = file.includes('\\') ? '\\' : '/';
  return { from: there.join(separator) || separator, to: local.join(path.sep) || path.sep };
}

/** Where below a folder a file could be, with as many of its own folders as possible first. */
export function placesBelow(folder: string, file: string): string[] {
  const names = namesIn(file).slice(1);
  return names.map((_name, i) => path.join(folder, ...names.slice(i)));
}

/** Names of the file and of the folders above it, that of the root first: '' or a drive. */
function namesIn(file: string): string[] {
  const names = file.split(/[\\/]/);
  return names.filter((name, i) => name !== '' || i === 0);
}
