import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Allocator } from '../../src/shm/allocator.ts';
import { BLOCK, BLOCKS_AT_BYTES, MAPPED_BYTES } from '../../src/shm/layout.ts';
import { Memory } from '../../src/shm/memory.ts';
import { createSession } from '../../src/shm/session.ts';

const AREA_WORDS = (MAPPED_BYTES - BLOCKS_AT_BYTES) / 4;
const exhausted = { name: 'SharedMemoryError', message: /exhausted.*close\(\) some/ };

function fresh(): Memory {
  return new Memory(createSession());
}

/** Blocks until there is no room for one more. */
function fill(memory: Memory, words: number): number[] {
  const blocks: number[] = [];
  for (;;) {
    try {
      blocks.push(memory.create(words, 0, 0));
    } catch (error) {
      assert.ok(error instanceof Error && exhausted.message.test(error.message), String(error));
      return blocks;
    }
  }
}

function free(memory: Memory, blocks: Iterable<number>): void {
  for (const at of blocks) {
    memory.drop(at, BLOCK.readers);
    memory.drop(at, BLOCK.writers);
  }
}

/** Every block ever made lies behind the one before it, up to the end of what was used. */
function checkTiled(memory: Memory): void {
  let next = BLOCKS_AT_BYTES / 4;
  for (const at of memory.allocator.blocks()) {
    assert.equal(at, next);
    next = at + (1 << (memory.words[at + BLOCK.exponent] ?? 0)) / 4;
  }
  assert.ok(next <= MAPPED_BYTES / 4);
}

test('small blocks that fill everything make room for large ones when they are closed, and these for small ones', () => {
  const memory = fresh();
  const small = fill(memory, 8);
  assert.ok(small.length > 50_000);
  assert.throws(() => memory.create(900, 0, 0), exhausted);
  free(memory, small);
  const large = fill(memory, 900);
  assert.ok(large.length > 7_000);
  checkTiled(memory);
  free(memory, large);
  assert.equal(fill(memory, 8).length, small.length);
  checkTiled(memory);
});

test('blocks in use stay as they are while their neighbours become larger', () => {
  const memory = fresh();
  const small = fill(memory, 8);
  const kept = small.filter((_, i) => i % 100 === 0);
  for (const at of kept) memory.words[at + BLOCK.content] = at;
  const generations = kept.map((at) => memory.generation(at));
  free(
    memory,
    small.filter((_, i) => i % 100 !== 0),
  );
  const large = fill(memory, 900);
  for (const at of large) memory.words.fill(-1, at + BLOCK.content, at + BLOCK.content + 900);
  assert.ok(large.length > 5_000);
  assert.deepEqual(
    kept.map((at) => [memory.words[at + BLOCK.content], memory.generation(at)]),
    kept.map((at, i) => [at, generations[i]]),
  );
  checkTiled(memory);
});

test('every second block free: no room for larger ones, room for small ones', () => {
  const memory = fresh();
  const small = fill(memory, 8);
  free(
    memory,
    small.filter((_, i) => i % 2 === 0),
  );
  assert.throws(() => memory.create(900, 0, 0), exhausted);
  assert.equal(fill(memory, 8).length, Math.ceil(small.length / 2));
});

test('pieces that were lost with a process that died while it allocated are found again', () => {
  const memory = fresh();
  const small = fill(memory, 8);
  // As a death between taking a piece from its list and giving it a generation leaves it.
  for (const at of small) memory.words[at + BLOCK.generation] = 0;
  assert.ok(fill(memory, 900).length > 7_000);
  checkTiled(memory);
});

test('blocks of all sizes, given out and freed at random in full memory, never overlap', () => {
  const memory = fresh();
  const random = randomNumbers(7);
  const owner = new Int32Array(AREA_WORDS);
  const live: { at: number; words: number }[] = [];
  let refused = 0;
  for (let step = 1; step < 60_000; step++) {
    const words = 1 + Math.floor(10 ** (4.2 * random()));
    try {
      const at = memory.create(words, 0, 0);
      mark(at, words, 0, step);
      live.push({ at, words });
    } catch {
      refused++;
      for (let i = 0; i < 20; i++) {
        const [gone] = live.splice(Math.floor(random() * live.length), 1);
        if (gone === undefined) break;
        mark(gone.at, gone.words, undefined, 0);
        free(memory, [gone.at]);
      }
    }
  }
  assert.ok(refused > 100, `it was full ${refused} times`);
  checkTiled(memory);
  free(
    memory,
    live.map(({ at }) => at),
  );
  assert.doesNotThrow(() => memory.create(4_000_000, 0, 0), 'all of it can be one block again');

  function mark(at: number, words: number, expected: number | undefined, value: number): void {
    const from = at - BLOCKS_AT_BYTES / 4;
    const range = owner.subarray(from, from + BLOCK.content + words);
    if (expected !== undefined) assert.ok(range.every((word) => word === expected));
    range.fill(value);
  }
});

test('what no block can hold is refused', () => {
  const memory = fresh();
  assert.throws(() => memory.create(2 ** 24, 0, 0), exhausted);
  assert.throws(() => memory.create(2 ** 29, 0, 0), exhausted);
  assert.ok(memory.allocator instanceof Allocator && memory.create(8, 0, 0) > 0);
});

function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
