import os from 'node:os';
import path from 'node:path';
import type { Report } from '../../../model/index.ts';
import { baseName } from '../../../model/words/index.ts';
import { exportedName } from './timeline.ts';

/** An absolute path's folders inside a text; not those of a URL. */
const FOLDERS = /(?<![\w:/\\.])(?:file:\/\/)?(?:[A-Za-z]:)?(?:[\\/][^\s\\/:'"“”<>()|]+)+[\\/]/g;

/** A report without command lines and folders, which may hold secrets. */
export function redactedReport(report: Report): Report {
  return redactor(report)(report);
}

/**
 * Takes command lines and folders out of whatever is told of a trace: files keep their last part, names that hold arguments are
 * shortened, also inside of sentences.
 * @param report of the trace, as it is
 */
export function redactor(report: Report): <T>(value: T) => T {
  const names = report.processes
    .map((view) => [view.name, exportedName(view, true)] as const)
    .filter(([name, shown]) => name !== shown)
    .sort(([a], [b]) => b.length - a.length);
  const folders = foldersOf(report);
  const words = (text: string): string => {
    let told = text;
    for (const [name, shown] of names) told = told.replaceAll(name, shown);
    for (const folder of folders) told = told.replaceAll(folder, '');
    return told.replace(FOLDERS, '');
  };
  return <T>(value: T) => walk(value, words) as T;
}

/** Folders that are known, the longest first: some have spaces, which {@link FOLDERS} cannot tell from the end of a path. */
function foldersOf({ processes, session }: Report): string[] {
  const files = processes.flatMap(({ argv }) => argv.filter((word) => path.isAbsolute(word)));
  const found = new Set([session.cwd, os.homedir(), ...files.map((file) => path.dirname(file))]);
  const long = [...found].filter((folder) => folder.length > 1).sort((a, b) => b.length - a.length);
  return long.flatMap((folder) => [folder + path.sep, folder]);
}

/** A copy with every text as `words` tells it. */
function walk(value: unknown, words: (text: string) => string, key = ''): unknown {
  if (key === 'argv') return [];
  if (key === 'cwd') return '';
  if (typeof value === 'string') return key === 'file' ? baseName(value) : words(value);
  if (Array.isArray(value)) return value.map((each) => walk(each, words));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, words, name)]));
}
