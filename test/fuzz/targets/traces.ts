import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Model } from '../../../src/model/index.ts';
import { makeReport } from '../../../src/model/report/index.ts';
import { recordCheck, wordsCheck } from '../../../src/trace/format/hash.ts';
import { decodeLine, encodeLine, type Line } from '../../../src/trace/format/lines.ts';
import { RECORD_SIZE } from '../../../src/trace/format/records.ts';
import { HEADER_SIZE, readHeader, viewsOf } from '../../../src/trace/format/segment.ts';
import { TraceError } from '../../../src/trace/reader/errors.ts';
import { openTrace } from '../../../src/trace/reader/open.ts';
import type { Target } from '../engine.ts';
import type { Random } from '../random.ts';

const GOOD = fileURLToPath(new URL('../../fixtures/traces/v1-deadlock', import.meta.url));
const NAMES = readdirSync(GOOD).sort();
/** Where a file of an input begins: number of the name, length. */
const HEAD = 5;

const WILD: readonly unknown[] = [
  null,
  0,
  -1,
  1,
  1e308,
  -1e308,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 + 1,
  0.5,
  '',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  'length',
  true,
  [],
  {},
  [null],
  [[[]]],
  { a: 1 },
  { toString: 1 },
  { length: 1e9 },
  '\u001b]52;c;aGk=\u0007',
  '\u0000',
  '\ud800',
  'x'.repeat(3000),
  '../../../etc/passwd',
  Array(300).fill('y'),
  { type: 'stream' },
];
const WORDS = [0, 1, 2, 3, 5, -1, 2 ** 31 - 1, -(2 ** 31), 255, 65_535, 0x7ff80000, 1000];
const DOUBLES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1, 0, 5e-324, 1e18];

type Files = Map<string, Buffer>;

function pack(files: Files): Buffer {
  return Buffer.concat(
    [...files].flatMap(([name, bytes]) => {
      const head = Buffer.alloc(HEAD);
      head[0] = NAMES.indexOf(name);
      head.writeUInt32LE(bytes.length, 1);
      return [head, bytes];
    }),
  );
}

function unpack(input: Buffer): Files {
  const files: Files = new Map();
  for (let at = 0; at + HEAD <= input.length; ) {
    const name = NAMES[(input[at] ?? 0) % NAMES.length] as string;
    const end = Math.min(input.length, at + HEAD + input.readUInt32LE(at + 1));
    files.set(name, input.subarray(at + HEAD, end));
    at = end;
  }
  return files;
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'forkscope-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Definitions, segments and the session's file of a trace that somebody else has written. */
export const traces: Target = {
  name: 'traces',
  scripts: /src\/(trace|model)\//,
  limitMs: 2000,
  seeds: () => [pack(new Map(NAMES.map((name) => [name, readFileSync(path.join(GOOD, name))])))],
  vary(input, random) {
    const files = unpack(input);
    const name = random.pick([...files.keys(), NAMES[0] as string]);
    const bytes = files.get(name) ?? Buffer.alloc(0);
    files.set(name, name.endsWith('.def') ? varyLines(bytes, random) : varySegment(bytes, random));
    if (random.chance(0.05)) files.delete(random.pick([...files.keys()]));
    return pack(files);
  },
  run(input) {
    for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
    for (const [name, bytes] of unpack(input)) writeFileSync(path.join(folder, name), bytes);
    const model = new Model();
    try {
      const reader = openTrace(folder);
      try {
        reader.drain(model);
      } finally {
        reader.close();
      }
    } catch (error) {
      if (error instanceof TraceError) return;
      throw error;
    }
    JSON.stringify(makeReport(model));
  },
};

/** Lines whose checks are right, whatever they say. */
function varyLines(bytes: Buffer, random: Random): Buffer {
  const lines: Line[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    const line = decodeLine(bytes.subarray(at, end < 0 ? bytes.length : end));
    if (line !== undefined) lines.push(line);
    at = end < 0 ? bytes.length : end + 1;
  }
  if (lines.length === 0) return bytes;
  const at = random.below(lines.length);
  const line = lines[at] as Line;
  const value = Object(line.value) as Record<string, unknown>;
  const key = random.pick([...Object.keys(value), 'type']);
  switch (random.below(6)) {
    case 0:
      lines[at] = { ...line, value: random.pick(WILD) };
      break;
    case 1:
      lines.splice(at, 1);
      break;
    case 2:
      lines.splice(at, 0, line);
      break;
    case 3:
      lines[at] = {
        ...line,
        time: random.pick([-1, 0, 1e308, 5, 2 ** 60]),
        slot: random.pick([0, 1, 2 ** 32 - 1]),
      };
      break;
    default:
      lines[at] = { ...line, value: { ...value, [key]: random.pick(WILD) } };
  }
  return Buffer.concat(lines.map((one, seq) => encodeLine({ ...one, seq })));
}

/** A segment whose checks are right, whatever its records say. */
function varySegment(bytes: Buffer, random: Random): Buffer {
  const copy = new Uint8Array(Math.ceil(Math.max(bytes.length, HEADER_SIZE + RECORD_SIZE) / 8) * 8);
  copy.set(bytes);
  const views = viewsOf(copy.buffer, 0, copy.length);
  const { words, doubles } = views;
  const record =
    HEADER_SIZE / 4 + 8 * random.below(Math.max(1, Math.floor((copy.length - HEADER_SIZE) / RECORD_SIZE)));
  switch (random.below(4)) {
    case 0:
      doubles[record >> 1] = random.pick(DOUBLES);
      break;
    case 1:
      words[record + 2] = random.pick([random.below(256), random.pick(WORDS)]);
      break;
    case 2:
      words[record + 3 + random.below(4)] = random.pick(WORDS);
      break;
    default:
      words[random.below(16)] = random.pick(WORDS);
      words[10] = wordsCheck(words, 0, 10);
  }
  const first = readHeader(views)?.first ?? 0;
  for (let i = 0, at = HEADER_SIZE / 4; at + 8 <= words.length; i++, at += 8)
    if (words[at + 7] !== 0) words[at + 7] = recordCheck(words, at, first + i);
  return Buffer.from(copy.buffer);
}
