import type { Random } from './random.ts';

const NUMBERS = [
  0,
  1,
  2,
  127,
  128,
  255,
  256,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 45,
  2 ** 53,
];

/** Unsigned LEB128, also of numbers that nobody would write. */
export function leb128(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

export function wildNumber(random: Random): number {
  return random.chance(0.5) ? random.pick(NUMBERS) : random.below(300);
}

/** What any bytes can suffer. */
export function damage(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const some = 1 + random.below(8);
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(at);
  switch (random.below(7)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << random.below(8));
      return copy;
    }
    case 1: {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = random.below(256);
      return copy;
    }
    case 2:
      return Buffer.from(before);
    case 3:
      return Buffer.concat([before, random.bytes(some), after]);
    case 4:
      return Buffer.concat([before, after.subarray(some)]);
    case 5:
      return Buffer.concat([before, after.subarray(0, some * 4), after]);
    default:
      return Buffer.concat([before, leb128(wildNumber(random)), after.subarray(1)]);
  }
}
