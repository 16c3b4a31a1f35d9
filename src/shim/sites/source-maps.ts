import fs from 'node:fs';
import type module from 'node:module';
import path from 'node:path';
import { mapPlace, resolveSource } from '../../base/source-map.ts';
import { builtin } from '../core/builtins.ts';

const { closeSync, fstatSync, openSync, readFileSync, readSync } = fs;
/** The comment stands at the end; inline maps make it long. */
const TAIL = 4096;
const COMMENT = /\/\/[#@]\s*sourceMappingURL=(\S+)\s*$/;
/** Packages seldom bring the sources that their maps name, and reading a map costs every thread milliseconds. */
const INSTALLED = /[\\/]node_modules[\\/]/;
const MAX_MAP = 64 * 1024 * 1024;

/** A place in code, before or after mapping. */
export interface Place {
  /** Path, `file:` URL or `node:` name; '' where V8 does not know. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Name of the function, '' at top level. */
  readonly fn: string;
}

interface Mapper {
  readonly map: module.SourceMap;
  /** Directory that relative sources refer to. */
  readonly base: string;
}

/** Takes positions in generated code back to the source that the user wrote. */
export class SourceMaps {
  readonly #own = new Map<string, Mapper | undefined>();

  /** The place in its source; the place itself where there is no map or no mapping. */
  original(place: Place): Place {
    const name = place.file;
    const known = builtin('node:module').findSourceMap(name);
    const mapper = known ? { map: known, base: path.dirname(name) } : this.#load(name);
    if (!mapper) return place;
    const entry = mapper.map.findEntry(place.line - 1, place.column - 1);
    if (!('originalSource' in entry) || !entry.originalSource) return place;
    return {
      file: resolveSource(entry.originalSource, mapper.base),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
      fn: place.fn,
    };
  }

  /** Node keeps maps only with `--enable-source-maps`: without it, the file itself names its map. */
  #load(file: string): Mapper | undefined {
    if (this.#own.has(file)) return this.#own.get(file);
    let mapper: Mapper | undefined;
    try {
      mapper = path.isAbsolute(file) && !INSTALLED.test(file) ? loadMap(file) : undefined;
    } catch {
      // A missing or broken map: the position in the generated code is what there is.
    }
    this.#own.set(file, mapper);
    return mapper;
  }
}

function loadMap(file: string): Mapper | undefined {
  const comment = COMMENT.exec(readTail(file))?.[1] ?? inlineComment(file);
  if (!comment) return undefined;
  const place = mapPlace(comment, file);
  const [text, of] = 'text' in place ? [place.text, file] : [readFileSync(place.file, 'utf8'), place.file];
  const payload: unknown = JSON.parse(text);
  const { SourceMap } = builtin('node:module');
  return {
    map: new SourceMap(payload as ConstructorParameters<typeof SourceMap>[0]),
    base: path.dirname(of),
  };
}

function readTail(file: string): string {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(TAIL, size));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString();
  } finally {
    closeSync(fd);
  }
}

/** An inline map is longer than the tail: then its begin is not in it, and its end is base64. */
function inlineComment(file: string): string | undefined {
  if (!/^[\w+/=\s]+$/.test(readTail(file).slice(-64))) return undefined;
  const text = readFileSync(file, 'utf8');
  if (text.length > MAX_MAP) return undefined;
  const at = text.lastIndexOf('//# sourceMappingURL=data:');
  return at < 0 ? undefined : COMMENT.exec(text.slice(at))?.[1];
}
