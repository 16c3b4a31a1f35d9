import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a script's comment (or V8) names as its map: the text itself where it stands inline, else the file that has it. */
export type MapPlace = { readonly text: string } | { readonly file: string };

/** Where the map of a script is. @param url of a `sourceMappingURL`; @param script its path */
export function mapPlace(url: string, script: string): MapPlace {
  const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/s.exec(url);
  if (!inline) return { file: path.resolve(path.dirname(script), decodeURIComponent(url)) };
  const data = decodeURIComponent(inline[2] ?? '');
  return { text: Buffer.from(data, inline[1] ? 'base64' : 'utf8').toString() };
}

/** A source as a map names it, as a path; one with another scheme as it is. @param base folder that relative ones refer to */
export function resolveSource(source: string, base: string): string {
  if (source.startsWith('file://')) return fileURLToPath(source);
  if (/^[a-z][a-z0-9+.-]+:/i.test(source) && !path.isAbsolute(source)) return source;
  return path.resolve(base, source);
}
