import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { check, fuzz, keep, kept, type Target } from './engine.ts';
import { codec } from './targets/codec.ts';
import { handshakes, messages } from './targets/sockets.ts';
import { traces } from './targets/traces.ts';

const TARGETS: readonly Target[] = [codec, messages, handshakes, traces];

/** An input of these takes milliseconds: a trace is written to files, and read. */
const SLOW: ReadonlySet<Target> = new Set([traces]);

export interface Effort {
  /** undefined: another one in each run. */
  readonly seed?: number;
  readonly guided: boolean;
  /** Of one target, by the number of inputs and the time that it has had, ms. `slow`: an input takes milliseconds. */
  isOver(runs: number, ms: number, slow: boolean): boolean;
}

/** Characters of an input that a failure shows: in CI nothing else is left of it. */
const SHOWN = 20_000;

/**
 * A test for each target. What is found is kept among the fixtures, where it stays to be tried in every run; not in CI, where it
 * would fail again on each of the other Nodes.
 */
export function fuzzAll({ seed, guided, isOver }: Effort): void {
  for (const target of TARGETS) {
    describe(`strange ${target.name}`, () => {
      for (const { name, input } of kept(target)) {
        test(`what once was wrong is not: ${name}`, async () => {
          assert.ifError(await check(target, input));
        });
      }
      test('new ones are read or refused, in good time', async (t) => {
        const chosen = seed ?? Date.now() % 2 ** 31;
        const start = performance.now();
        const over = (runs: number): boolean => isOver(runs, performance.now() - start, SLOW.has(target));
        const outcome = await fuzz(target, { seed: chosen, guided, isOver: over });
        t.diagnostic(
          `seed ${chosen}: ${outcome.runs} inputs, ${outcome.corpus} of them reached something new`,
        );
        if (!process.env.CI) for (const find of outcome.finds) keep(target, find, chosen);
        assert.deepEqual(
          outcome.finds.map(({ error, input }) => `${error.stack}\n${input.toString('hex').slice(0, SHOWN)}`),
          [],
        );
      });
    });
  }
}
