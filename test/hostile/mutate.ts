// Changes a good trace at random: bytes, values of definitions, records, headers, files.
import { recordCheck } from '../../src/trace/format/hash.ts';
import {
  HEADER_SIZE,
  HOT_SLOT_BASE,
  HOT_SLOTS,
  SESSION_FILE,
  writeSeal,
  writeThrough,
} from '../../src/trace/format/segment.ts';
import {
  encode,
  isDefinitions,
  isSegment,
  type JsonLine,
  linesOf,
  openSegment,
  type Random,
  recordWords,
  type Segment,
  sign,
  type Trace,
} from './trace.ts';

const numbers = [
  0,
  -1,
  1,
  -0,
  0.5,
  1.5e-320,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 32 - 2,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 + 2,
];
const names = ['__proto__', 'constructor', 'toString', 'length', 'hasOwnProperty', 'NaN', '', '0'];
const texts: readonly string[] = [
  '\u001b]52;c;aGk=\u0007',
  '\u009b2J',
  '\u0000',
  '\ud800',
  '\u202e',
  'x'.repeat(20_000),
  '../../../../etc/passwd',
  '/dev/zero',
  'javascript:alert(1)',
  'file://host/x',
  'file:///etc/%2Fpasswd',
  '\\\\evil\\share',
  '<img src=x onerror=alert(1)>',
  '${7*7}',
];
const objects: readonly unknown[] = [
  [],
  {},
  [null],
  [[[]]],
  { a: 1 },
  { toString: 1 },
  { valueOf: null },
  { length: 1e9 },
  { type: 'stream' },
  Array(5000).fill('y'),
];
/** Values that no field expects. */
const WILD: readonly unknown[] = [null, undefined, true, false, ...numbers, ...names, ...texts, ...objects];
const WORDS = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 0x7ff80000, 255, 65535, 0xffff0000 | 0, 1000, -2];
const DOUBLES = [Number.NaN, Infinity, -Infinity, 1e308, -1e308, -1, 0, 1e18, 5e-324, 2 ** 53 + 2];

class Mutation {
  readonly trace: Trace;
  readonly done: string[] = [];
  readonly #random: Random;

  constructor(original: Trace, random: Random) {
    this.trace = Object.fromEntries(
      Object.entries(original).map(([name, bytes]) => [name, Buffer.from(bytes)]),
    );
    this.#random = random;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
  #file(fits: (name: string) => boolean): string | undefined {
    const fitting = Object.keys(this.trace).filter(fits);
    return fitting.length === 0 ? undefined : this.pick(fitting);
  }

  bytes(): void {
    const name = this.#file((file) => (this.trace[file]?.length ?? 0) > 0);
    if (name === undefined) return;
    const bytes = this.trace[name]!;
    const at = this.below(bytes.length);
    const length = this.below(300);
    const ways: Record<string, () => Buffer> = {
      flip: () => this.#set(bytes, at, bytes[at]! ^ (1 << this.below(8))),
      byte: () => this.#set(bytes, at, this.below(256)),
      truncate: () => bytes.subarray(0, at),
      zero: () => bytes.fill(0, at, Math.min(bytes.length, at + 1 + length)),
      repeat: () =>
        Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]),
      append: () =>
        Buffer.concat([bytes, Buffer.from(Array.from({ length: 1 + length }, () => this.below(256)))]),
      cut: () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
    };
    const way = this.pick(Object.keys(ways));
    this.trace[name] = ways[way]!();
    this.done.push(`${way} ${name} at ${at}`);
  }
  #set(bytes: Buffer, at: number, value: number): Buffer {
    bytes[at] = value;
    return bytes;
  }

  json(): void {
    const name = this.#file(isDefinitions);
    const lines = name === undefined ? [] : linesOf(this.trace[name]!);
    if (name === undefined || lines.length === 0) return;
    const line = this.pick(lines);
    const isObject = typeof line.value === 'object' && line.value !== null;
    const ways: Record<string, () => void> = {
      field: () => this.#field(line),
      time: () => {
        line.time = this.pick([...DOUBLES, 'x' as unknown as number]);
      },
      slot: () => {
        line.slot = this.pick([0, 1e308, 2 ** 32 - 1, 1e20]);
      },
      whole: () => {
        line.value = (this.pick(WILD) ?? null) as JsonLine['value'];
      },
      repeat: () => lines.push(structuredClone(line)),
      drop: () => lines.splice(lines.indexOf(line), 1),
      swap: () => {
        const other = this.pick(lines);
        [line.value, other.value] = [other.value, line.value];
      },
      foreign: () => {
        const other = this.pick(linesOf(this.trace[this.#file(isDefinitions)!]!));
        if (other) lines.push({ ...other, time: line.time, slot: line.slot });
      },
    };
    const way = isObject && this.below(2) === 0 ? 'field' : this.pick(Object.keys(ways));
    ways[way]!();
    this.trace[name] = encode(lines);
    this.done.push(`${way} ${name}: ${isObject ? line.value?.type : ''}`);
  }
  #field(line: JsonLine): void {
    if (typeof line.value !== 'object' || line.value === null) return;
    const keys = Object.keys(line.value).filter((key) => key !== 'type' && key !== 'version');
    const key = this.pick(keys);
    const value = this.pick(WILD);
    if (key === undefined) return;
    this.done.push(`${key} = ${JSON.stringify(value)?.slice(0, 40)}`);
    if (value === undefined) delete line.value[key];
    else line.value[key] = value;
  }

  #segment(): { readonly name: string; readonly segment: Segment } | undefined {
    const name = this.#file((file) => isSegment(file) && this.trace[file]!.length >= HEADER_SIZE);
    return name === undefined ? undefined : { name, segment: openSegment(this.trace[name]!) };
  }

  record(): void {
    const found = this.#segment();
    const at = found && this.pick(recordWords(found.segment));
    if (!found || at === undefined) return;
    const { words, doubles } = found.segment.views;
    const head = (mask: number, value: number): void => {
      words[at + 2] = (words[at + 2]! & ~mask) | value;
    };
    const ways: Record<string, () => void> = {
      time: () => {
        doubles[at >> 1] = this.pick(DOUBLES);
      },
      kind: () => head(0xff, this.below(256)),
      flags: () => head(0xff00, this.below(256) << 8),
      task: () => head(-65536, this.below(65536) << 16),
      number: () => {
        words[at + 3 + this.below(4)] = this.pick([...WORDS, 2, 3, 4, 5]);
      },
      repeat: () => {
        const other = this.pick(recordWords(found.segment));
        words.copyWithin(at, other, other + 8);
      },
    };
    const way = this.pick(Object.keys(ways));
    ways[way]!();
    this.trace[found.name] = sign(found.segment);
    this.done.push(`${way} of a record in ${found.name}`);
  }

  header(): void {
    const found = this.#segment();
    if (!found) return;
    const { views } = found.segment;
    const { words, doubles } = views;
    const ways: Record<string, () => void> = {
      first: () => {
        doubles[2] = this.pick(DOUBLES);
      },
      dropped: () => {
        doubles[3] = this.pick(DOUBLES);
      },
      number: () => {
        words[this.pick([3, 8, 9])] = this.pick(WORDS);
      },
      seal: () =>
        writeSeal(views, {
          watermark: this.pick(DOUBLES),
          records: this.pick(WORDS) >>> 0,
          lines: this.pick(WORDS),
        }),
      through: () => writeThrough(views),
      hot: () => this.#hotSlot(found.segment),
    };
    const way = this.pick(Object.keys(ways));
    ways[way]!();
    this.trace[found.name] = sign(found.segment);
    this.done.push(`${way} in the header of ${found.name}`);
  }
  /** A record that was overwritten in place, in a segment that says that it is mapped. */
  #hotSlot({ views: { words, doubles } }: Segment): void {
    const slot = this.below(HOT_SLOTS);
    const at = 16 + 8 * slot;
    words[9] = 1;
    for (let i = 0; i < 7; i++) words[at + i] = this.pick(WORDS);
    words[at + 2] = this.pick([20, 22, 64, 2]);
    words[at + 3] = 1 + this.below(4);
    doubles[at >> 1] = this.pick([...DOUBLES, 1e6, 1e9]);
    words[at + 7] = recordCheck(words, at, HOT_SLOT_BASE + slot);
  }

  files(): void {
    const name = this.#file(() => true);
    if (name === undefined) return;
    const bytes = this.trace[name]!;
    const put = (as: string): void => {
      this.trace[as] = bytes;
    };
    const move = (as: string): void => {
      if (as === name) return;
      put(as);
      delete this.trace[name];
    };
    const ways: Record<string, () => void> = {
      delete: () => delete this.trace[name],
      empty: () => this.#replace(name, Buffer.alloc(0)),
      copy: () => put(name.replace(/\.(\d+)\.fks$/, (_, n) => `.${Number(n) + 1 + this.below(3)}.fks`)),
      swap: () => {
        const other = this.#file(() => true)!;
        [this.trace[name], this.trace[other]] = [this.trace[other]!, bytes];
      },
      number: () =>
        move(name.replace(/\.(\d+)\.fks$/, `.${this.pick(['99999999999999999999', '4294967296', '7'])}.fks`)),
      pid: () =>
        name !== SESSION_FILE && move(name.replace(/^\d+/, this.pick(['0', '99999999999999999999', '1']))),
    };
    const way = this.pick(Object.keys(ways));
    ways[way]!();
    this.done.push(`${way} ${name}`);
  }
  #replace(name: string, bytes: Buffer): void {
    this.trace[name] = bytes;
  }
}

const KINDS = ['bytes', 'bytes', 'json', 'json', 'json', 'record', 'record', 'header', 'files'] as const;

export interface Mutant {
  readonly kind: (typeof KINDS)[number];
  readonly trace: Trace;
  /** What was done, for whoever looks for the fault. */
  readonly done: readonly string[];
}

/** A changed copy of a trace. One kind of change, one to six times. */
export function mutate(original: Trace, random: Random): Mutant {
  const mutation = new Mutation(original, random);
  const kind = mutation.pick(KINDS);
  const times = 1 + Math.floor(random() * random() * 6);
  for (let i = 0; i < times; i++) mutation[kind]();
  const { trace, done } = mutation;
  return { kind, trace, done };
}
