import { readFileSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { mapPlace, resolveSource } from '../../base/source-map.ts';

/** Larger maps are not read, bytes: the position in the generated code is told then. */
const MAX_MAP = 64 * 1024 * 1024;
/** Packages seldom bring the sources that their maps name. */
const INSTALLED = /[\\/]node_modules[\\/]/;

/** A place in a file, both from 0. */
export interface Position {
  readonly file: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Takes positions in the generated code of one script back to what its user wrote. */
export class ScriptMap {
  readonly #file: string;
  readonly #url: string;
  /** The map, and the folder that relative sources refer to; `null`: there is none. */
  #map: { readonly of: SourceMap; readonly base: string } | null | undefined;

  /** `file`: the script's path; `url`: that of its map as V8 has it, '' for none. It is read when it is first asked for. */
  constructor(file: string, url: string) {
    this.#file = file;
    this.#url = INSTALLED.test(file) ? '' : url;
  }

  /** The position in the source; the given one where there is no map, or none for it. */
  original(lineNumber: number, columnNumber: number): Position {
    const given = { file: this.#file, lineNumber, columnNumber };
    this.#map ??= this.#read();
    const entry = this.#map?.of.findEntry(lineNumber, columnNumber);
    if (!this.#map || entry === undefined || !('originalSource' in entry) || !entry.originalSource)
      return given;
    return {
      file: resolveSource(entry.originalSource, this.#map.base),
      lineNumber: entry.originalLine,
      columnNumber: entry.originalColumn,
    };
  }

  #read(): { of: SourceMap; base: string } | null {
    if (this.#url === '') return null;
    try {
      const place = mapPlace(this.#url, this.#file);
      const [text, of] = 'text' in place ? [place.text, this.#file] : [readMap(place.file), place.file];
      const payload = JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0];
      return { of: new SourceMap(payload), base: path.dirname(of) };
    } catch {
      // A missing or broken map: the position in the generated code is what there is.
      return null;
    }
  }
}

function readMap(file: string): string {
  const { size } = statSync(file);
  if (size > MAX_MAP) throw new Error(`${file} has ${size} bytes`);
  return readFileSync(file, 'utf8');
}
