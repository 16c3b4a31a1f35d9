import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { ShareableList, SharedMemory, SharedMemoryManager } from '../../src/runtime/index.ts';
import { segmentFolder, segmentPath } from '../../src/runtime/primitives/shared-memory/owners.ts';
import { names } from '../../src/runtime/primitives/shared-memory/shared-memory.ts';
import { facts } from './facts.ts';
import { run, start } from './run-program.ts';

// Whichever program starts next sweeps what others have left, so these need a folder of their own.
const folder = mkdtempSync(path.join(os.tmpdir(), 'forkscope-segments-'));
process.env.FORKSCOPE_SHM_DIR = folder;
after(() => rmSync(folder, { recursive: true }));

const unique = (what: string): string => `forkscope-test-${process.pid}-${what}`;
const ownersOf = (name: string): string[] =>
  readdirSync(segmentFolder()).filter((file) => file.endsWith(`.${name}`));

test('[row 187] a segment is made and attached to by name; writes are seen; the size of the maker counts', () => {
  const made = new SharedMemory({ name: unique('basics'), create: true, size: 512 });
  assert.deepEqual([made.name, made.size, made.buf?.length], [unique('basics'), 512, 512]);
  assert.ok(made.buf?.every((byte) => byte === 0));
  const attached = new SharedMemory({ name: made.name, size: 5 });
  assert.equal(attached.size, 512);
  attached.buf?.write('howdy');
  assert.equal(made.buf?.toString('utf8', 0, 5), 'howdy');
  attached.close();
  assert.equal(made.buf?.toString('utf8', 0, 5), 'howdy');
  assert.equal(inspect(made), `SharedMemory('${made.name}', size=512)`);
  made.close();
  made.unlink();
  assert.deepEqual(ownersOf(made.name), []);
});

test('[row 187] wrong sizes and names are ValueErrors', () => {
  for (const size of [-1, 0, 1.5, Number.NaN]) {
    assert.throws(() => new SharedMemory({ create: true, size }), { name: 'ValueError' });
  }
  assert.throws(() => new SharedMemory({ create: true }), { name: 'ValueError' });
  assert.throws(() => new SharedMemory(), { name: 'ValueError' });
  for (const name of ['a/b', '', '..', 'x'.repeat(201)]) {
    assert.throws(() => new SharedMemory({ name, create: true, size: 1 }), { name: 'ValueError' });
  }
});

test('[row 188] a name that exists, one that does not, and unlinking twice', () => {
  const name = unique('twice');
  const made = new SharedMemory({ name, create: true, size: 1 });
  assert.throws(() => new SharedMemory({ name, create: true, size: 1 }), {
    name: 'FileExistsError',
    code: 'EEXIST',
  });
  assert.equal(ownersOf(name).length, 1, 'the owner is still known');
  made.unlink();
  assert.throws(() => made.unlink(), { name: 'FileNotFoundError', code: 'ENOENT' });
  assert.throws(() => new SharedMemory({ name }), { name: 'FileNotFoundError' });
});

test('[row 189] a free name that is taken after all is tried again', () => {
  const { next } = names;
  const taken = [unique('same'), unique('same'), unique('other')];
  names.next = () => taken.shift() ?? next();
  try {
    const first = new SharedMemory({ create: true, size: 1 });
    const second = new SharedMemory({ create: true, size: 1 });
    assert.deepEqual([first.name, second.name], [unique('same'), unique('other')]);
    for (const segment of [first, second]) segment.unlink();
  } finally {
    names.next = next;
  }
});

test('[row 191] the buffer is null after close, and closing twice is fine', () => {
  const segment = new SharedMemory({ create: true, size: 10 });
  segment.unlink();
  assert.equal(segment.buf?.length, 10, 'unlinking lets those go on who have it');
  segment.close();
  segment.close();
  assert.equal(segment.buf, null);
});

test('[row 192] a list of all types: get, set, count, index, length, and what does not fit', () => {
  const items = ['howdy', Buffer.from('HoWdY'), -273.154, 100n, null, true, 42];
  const list = new ShareableList(items);
  try {
    assert.equal(list.length, 7);
    assert.deepEqual([...list], items);
    assert.equal(list.get(-1), 42);
    assert.throws(() => list.get(7), { name: 'IndexError' });
    assert.throws(() => list.set(-8, 1), { name: 'IndexError' });
    assert.equal(list.index(100n), 3);
    assert.equal(list.index(Buffer.from('HoWdY')), 1);
    assert.throws(() => list.index('adios'), { name: 'ValueError' });
    list.set(0, 'some');
    list.set(6, 'eightbyt');
    list.set(4, 1.5);
    assert.deepEqual([list.get(0), list.get(6), list.get(4)], ['some', 'eightbyt', 1.5]);
    assert.equal(list.count(true), 1);
    assert.equal(list.count('nothing'), 0);
    const neighbours = [...list];
    assert.throws(() => list.set(0, 'far too long'), { name: 'ValueError' });
    assert.throws(() => list.set(0, '微微微'), { name: 'ValueError' }, '9 bytes in UTF-8');
    list.set(0, '微信');
    neighbours[0] = '微信';
    assert.deepEqual([...list], neighbours);
    assert.throws(() => list.set(0, {} as never), TypeError);
    assert.throws(() => new ShareableList([undefined as never]), TypeError);
    assert.deepEqual([...list], neighbours);
    assert.match(inspect(list), /^ShareableList\(\[.*'微信'.*\], name='psm_/s);
  } finally {
    list.shm.unlink();
  }
});

test('[row 193] a copy is independent; a second handle is not', () => {
  const list = new ShareableList([1, 'two']);
  const copy = list.copy();
  const second = new ShareableList(undefined, { name: list.shm.name });
  second.set(0, 5);
  assert.deepEqual([list.get(0), copy.get(0), [...second]], [5, 1, [5, 'two']]);
  for (const one of [list, copy]) one.shm.unlink();
  const other = new SharedMemory({ create: true, size: 100 });
  assert.throws(() => new ShareableList(undefined, { name: other.name }), { name: 'ValueError' });
  other.unlink();
  const empty = new ShareableList([]);
  assert.deepEqual([empty.length, [...empty]], [0, []]);
  empty.shm.close();
  empty.shm.unlink();
  assert.throws(() => empty.get(0), { name: 'ValueError' });
});

test('[rows 190, 193, 194] segments and lists go to a child, and its manager removes all at shutdown', async () => {
  const seen = await facts('shared-memory.ts', ['share']);
  assert.deepEqual(seen[190], [4000, 'by name', 'as argument']);
  assert.deepEqual(seen[193], ['child', '2', '3']);
  assert.equal(seen.ofChild, 'of the child');
  assert.deepEqual(seen[194], ['FileNotFoundError', 'FileNotFoundError', 'FileNotFoundError']);
});

test('[row 194] a manager is started once, and makes nothing before or after', () => {
  const manager = new SharedMemoryManager();
  assert.throws(() => manager.SharedMemory(1), { name: 'ValueError' });
  manager.start();
  assert.throws(() => manager.start(), { name: 'ValueError' });
  const { name } = manager.SharedMemory(1);
  manager[Symbol.dispose]();
  manager.shutdown();
  assert.equal(existsSync(segmentPath(name)), false);
  assert.throws(() => manager.ShareableList([1]), { name: 'ValueError' });
});

test('[row 195] what a program does not unlink is removed at its end, with a warning', async () => {
  const { lines, stderr } = await run('shared-memory.ts', ['ends']);
  const { left } = JSON.parse(lines[0] ?? '') as { left: string[] };
  assert.equal(left.length, 3);
  for (const name of left) assert.deepEqual([existsSync(segmentPath(name)), ownersOf(name)], [false, []]);
  assert.match(stderr, /ResourceWarning: 3 leaked shared_memory segments removed at the end of the program/);
});

test('[rows 195, 196] what a killed program left is removed at the next start, with a warning', async () => {
  const program = start('shared-memory.ts', ['killed']);
  const { left } = JSON.parse(await program.line(/left/)) as { left: string[] };
  process.kill(-(program.child.pid ?? 0), 'SIGKILL');
  await program.done;
  for (const name of left) assert.equal(existsSync(segmentPath(name)), true);
  const { stderr } = await run('shared-memory.ts', ['sweep']);
  for (const name of left) assert.deepEqual([existsSync(segmentPath(name)), ownersOf(name)], [false, []]);
  assert.match(
    stderr,
    /ResourceWarning: \d+ leaked shared_memory segments removed after the end of its program/,
  );
});
