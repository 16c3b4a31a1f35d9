import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes, count, duration } from '../../src/base/units.ts';

describe('numbers for people', () => {
  it('have lengths of time in three digits with a fitting unit', () => {
    const cases: readonly [number, string][] = [
      [0, '0 ns'],
      [7, '7 ns'],
      [999, '999 ns'],
      [1000, '1.00 µs'],
      [12_345, '12.3 µs'],
      [999_960, '1.00 ms'],
      [1.5e6, '1.50 ms'],
      [99.96e6, '100 ms'],
      [999.97e6, '1.00 s'],
      [3.14159e9, '3.14 s'],
      [65e9, '65.0 s'],
      [119.6e9, '2 min 0 s'],
      [125e9, '2 min 5 s'],
      [3720e9, '1 h 2 min'],
      [Number.NaN, '–'],
    ];
    for (const [ns, text] of cases) assert.equal(duration(ns), text);
  });

  it('have fewer digits where they are compared by eye', () => {
    const cases: readonly [number, string][] = [
      [12, '12 ns'],
      [1500, '1.5 µs'],
      [25e6, '25 ms'],
      [125e6, '125 ms'],
      [999.7e6, '1.0 s'],
      [2.34e9, '2.3 s'],
    ];
    for (const [ns, text] of cases) assert.equal(duration(ns, 2), text);
  });

  it('have sizes in binary units', () => {
    const written = [0, 900, 1023, 1024, 1536, 48 * 1024 ** 2, 1023.9 * 1024, 1.5 * 1024 ** 3].map((n) =>
      bytes(n),
    );
    assert.deepEqual(written, ['0 B', '900 B', '1.0 KB', '1.0 KB', '1.5 KB', '48 MB', '1.0 MB', '1.5 GB']);
  });

  it('have thousands apart', () => {
    assert.deepEqual([0, 999, 1000, 1_234_567].map(count), ['0', '999', '1,000', '1,234,567']);
  });
});
