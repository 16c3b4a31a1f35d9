import type { Definition, StreamDefinition } from '../format/definitions.ts';
import type { Line } from '../format/lines.ts';
import { LineParser } from '../format/lines.ts';
import type { TraceFiles } from './files.ts';

const CHUNK = 64 * 1024;

/** Reads a growing file of lines. */
export class LineFileReader {
  readonly #files: TraceFiles;
  readonly #name: string;
  readonly #parser = new LineParser();
  #position = 0;
  /** Lines that are missing at the end of the file, and were reported. */
  #missing = 0;
  /** Lines read and not yet taken by `shift`. */
  readonly queue: Line[] = [];
  /** Damaged or missing lines that were not reported yet. */
  lost = 0;
  /** True once the file has given anything, valid or not. */
  seen = false;

  constructor(files: TraceFiles, name: string) {
    this.#files = files;
    this.#name = name;
  }

  /** Nothing will be written any more: the file should have `expected` lines, and those that it lacks are lost. */
  expect(expected: number): void {
    const missing = expected - this.#parser.count - this.#missing;
    if (missing <= 0) return;
    this.#missing += missing;
    this.lost += missing;
  }

  /** Reads what is new; `final`: an unfinished line is damage. Returns the new lines (they are in `queue` too). */
  poll(final: boolean): readonly Line[] {
    const from = this.queue.length;
    for (;;) {
      const bytes = new Uint8Array(CHUNK);
      const got = this.#files.read(this.#name, this.#position, bytes);
      this.#position += got;
      if (got > 0) this.seen = true;
      const last = got < CHUNK;
      const { lines, lost } = this.#parser.push(bytes.subarray(0, got), final && last);
      for (const line of lines) this.queue.push(line);
      this.lost += lost;
      if (last) return this.queue.slice(from);
    }
  }
}

/** A definition of a known type, or `undefined` (a later minor version has written it). */
export function asDefinition(value: unknown): Definition | undefined {
  return isTyped(value) && Object.hasOwn(DEFINITION_TYPES, value.type) ? (value as Definition) : undefined;
}
const DEFINITION_TYPES: { readonly [T in Definition['type']]: true } = {
  stream: true,
  process: true,
  thread: true,
  site: true,
  resource: true,
  child: true,
  task: true,
  problem: true,
  keepAlive: true,
  sources: true,
  incident: true,
};

export function isTyped(value: unknown): value is { type: string } {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** What can be told of a stream whose own definition is lost: its name holds the process key and the thread id. */
export function guessStream(name: string, session: string, version: number): StreamDefinition {
  const dot = name.lastIndexOf('.');
  const processKey = name.slice(0, dot);
  return {
    type: 'stream',
    version,
    session,
    stream: name,
    processKey,
    pid: Number.parseInt(processKey, 10),
    ppid: 0,
    threadId: Number(name.slice(dot + 1)),
    start: Number.parseInt(processKey.slice(processKey.indexOf('-') + 1), 36) || 0,
  };
}
