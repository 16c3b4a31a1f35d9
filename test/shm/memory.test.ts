import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { BLOCK, SLOT, WAIT } from '../../src/shm/layout.ts';
import { processState } from '../../src/shm/liveness.ts';
import { Memory } from '../../src/shm/memory.ts';
import { createSession, joinSession } from '../../src/shm/session.ts';
import { slotOf } from '../../src/shm/slots.ts';
import { Waits } from '../../src/shm/waiting.ts';

const session = createSession();
/** Two threads' views of one session; both are this thread, which is enough for what does not block. */
const first = new Memory(session);
const second = new Memory(session);

test('blocks are zeroed, do not overlap, and are used again', () => {
  const blocks = [1, 40, 200, 1000].map((words) => ({ words, at: first.create(words, 0, 0) }));
  for (const { at, words } of blocks) {
    const content = first.words.subarray(at + BLOCK.content, at + BLOCK.content + words);
    assert.ok(content.every((word) => word === 0));
    content.fill(-1);
  }
  for (const { at } of blocks) assert.notEqual(first.generation(at), 0);
  const [block] = blocks;
  assert.ok(block);
  const generation = first.generation(block.at);
  first.drop(block.at, BLOCK.readers);
  first.drop(block.at, BLOCK.writers);
  assert.equal(first.generation(block.at), 0, 'the last holder frees the block');
  const again = first.create(1, 0, 0);
  assert.equal(again, block.at);
  assert.notEqual(first.generation(again), generation);
  assert.ok(
    first.words.subarray(again + BLOCK.content, again + BLOCK.content + 1).every((word) => word === 0),
  );
});

test('a block lives while any thread holds it or a message carries it', () => {
  const at = first.create(1, 0, 0);
  second.hold(at, BLOCK.readers);
  first.drop(at, BLOCK.readers);
  first.drop(at, BLOCK.writers);
  assert.notEqual(second.generation(at), 0);
  second.inFlight(at, 1);
  second.drop(at, BLOCK.readers);
  assert.notEqual(second.generation(at), 0);
  assert.equal(second.isAbandoned(at, BLOCK.writers), false, 'the message may open it again');
  second.inFlight(at, -1);
  assert.equal(second.generation(at), 0);
});

test('extents keep their place and size, and large ones come back empty', () => {
  const extent = first.allocator.extent(3 * 1024 * 1024);
  assert.equal(extent.bytes, 4 * 1024 * 1024);
  new Uint8Array(first.allocator.mapping(extent.id).buffer).fill(7);
  assert.equal(new Uint8Array(second.allocator.mapping(extent.id).buffer)[extent.bytes - 1], 7);
  first.allocator.freeExtent(extent.id);
  assert.equal(first.allocator.extent(4 * 1024 * 1024).id, extent.id);
});

test('asking for more than a session holds is an error, and the session works on', () => {
  assert.throws(() => first.allocator.extent(2 ** 40), { name: 'SharedMemoryError', message: /exhausted/ });
  assert.ok(first.allocator.extent(4096).bytes >= 4096);
});

test('a slot is known by its generation', () => {
  const third = new Memory(session);
  const { thread, slot } = third;
  assert.equal(slotOf(thread), slot);
  assert.ok(first.slots.isAlive(thread));
  first.sweep(slot);
  assert.equal(first.slots.isAlive(thread), false);
  const fourth = new Memory(session);
  assert.equal(fourth.slot, slot, 'the row is used again');
  assert.notEqual(fourth.thread, thread);
  assert.equal(first.slots.isAlive(thread), false);
  fourth.sweep(fourth.slot);
});

test('what a dead process held is swept, and who waited for it is woken', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const dead = new Memory(session);
  const row = first.slots.at(dead.slot);
  const { start } = processState(pid);
  first.words[row + SLOT.pid] = pid;
  first.words[row + SLOT.threadId] = pid;
  first.words[row + SLOT.startLow] = start | 0;
  first.words[row + SLOT.startHigh] = Math.floor(start / 2 ** 32);
  const at = first.create(WAIT.words, 0, 1);
  dead.hold(at, BLOCK.writers);
  first.drop(at, BLOCK.writers);
  first.sweepHolders(at, BLOCK.writers);
  assert.equal(first.isAbandoned(at, BLOCK.writers), false, 'it lives');
  let woken = false;
  const point = at + BLOCK.content;
  const waiter = { point, attempt: () => (woken ||= first.isAbandoned(at, BLOCK.writers)) };
  second.waits.add(waiter);
  child.kill('SIGKILL');
  await once(child, 'exit');
  first.sweepHolders(at, BLOCK.writers);
  assert.deepEqual(Waits.slots(first.words, at + BLOCK.writers), []);
  while (!woken) await new Promise((resolve) => setImmediate(resolve));
});

test('a zombie is dead, though it can still be signalled', {
  skip: process.platform === 'win32',
}, async () => {
  // The shell's child ends while the shell, having become sleep, never reaps it.
  const shell = spawn('sh', ['-c', 'sh -c "echo \\$\\$" & exec sleep 100'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [data] = (await once(shell.stdout, 'data')) as [Buffer];
  const zombie = Number(data.toString());
  while (processState(zombie).alive) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.doesNotThrow(() => process.kill(zombie, 0));
  assert.ok(processState(shell.pid ?? 0).alive);
  shell.kill('SIGKILL');
  await once(shell, 'exit');
});

test('a lock inside the runtime is taken over from the dead', () => {
  const third = new Memory(session);
  const at = first.create(2, 0, 0) + BLOCK.content;
  third.inner.enter(at);
  first.sweep(third.slot);
  first.inner.enter(at);
  assert.throws(() => first.inner.enter(at), /inside one of its own operations/);
  first.inner.leave(at);
  assert.equal(first.words[at], 0);
});

test('a timed wait ends without being woken, and leaves no trace', () => {
  const at = first.create(WAIT.words, 0, 1) + BLOCK.content;
  const ended = first.waits.block(at, () => false, performance.now() + 120);
  assert.equal(ended, false);
  assert.equal(first.words[at + WAIT.count], 0);
  assert.equal(first.words[at + WAIT.syncCount], 0);
});

test('a session of another layout is refused', () => {
  const other = createSession();
  other.words[1] = 999;
  assert.throws(() => joinSession(other.address, true), /another version of forkscope/);
});

test('the session is reachable by its path, for those who did not inherit it', () => {
  const joined = joinSession(session.address, false);
  assert.equal(joined.words[0], session.words[0]);
});
