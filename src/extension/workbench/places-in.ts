/** A whole path with a line in a text. */
export interface PlaceInText {
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

const PLACE = /(?<=^|[\s(])((?:file:\/\/|[A-Za-z]:[\\/]|\/)[^:\n]*?\.[cm]?[jt]sx?):(\d+)/gm;

/** Whole paths of TypeScript and JavaScript files with a line: `/folder/file.ts:12`. Short names lead nowhere. */
export function placesIn(text: string): PlaceInText[] {
  return [...text.matchAll(PLACE)].map(({ index, 0: all, 1: file = '', 2: line }) => ({
    start: index,
    end: index + all.length,
    file,
    line: Number(line),
  }));
}
