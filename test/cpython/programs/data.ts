// Shared values, arrays and memory.
import assert from 'node:assert/strict';
import {
  isMain,
  RawArray,
  RawValue,
  RLock,
  ShareableList,
  SharedArray,
  SharedMemory,
  SharedMemoryManager,
  Value,
} from 'forkscope';
import { check, elsewhere, finish, thrown } from './harness.ts';

const CODES = [
  ['i', 4343, 24234],
  ['d', 3.625, -4.25],
  ['h', -232, 234],
  ['q', 2n ** 33n, 2n ** 34n],
] as const;
interface Cell {
  value: unknown;
}
export function setAll(cells: readonly Cell[], values: readonly unknown[]): void {
  for (const [i, cell] of cells.entries()) cell.value = values[i];
}
type Ints = ReturnType<typeof SharedArray<'i'>> | ReturnType<typeof RawArray<'i'>>;
export function accumulate(array: Ints): void {
  for (let i = 1; i < array.length; i++) array.set(i, array.get(i) + array.get(i - 1));
}
export function writeMemory(name: string, bytes: Uint8Array): void {
  using memory = new SharedMemory({ name });
  memory.buf?.set(bytes);
}
export const readList = (list: ShareableList): unknown[] => [...list];
export function double(
  x: ReturnType<typeof Value<'i'>>,
  y: ReturnType<typeof Value<'d'>>,
  array: ReturnType<typeof SharedArray<'d'>>,
): void {
  x.value *= 2;
  y.value *= 2;
  for (let i = 0; i < array.length; i++) array.set(i, array.get(i) * 2);
}
/** Another process gives the cells their second values, which are seen here. */
async function setElsewhere(cells: readonly Cell[]): Promise<void> {
  const second = CODES.map(([, , value]) => value);
  await elsewhere(setAll, cells, second);
  assert.deepEqual(
    cells.map((cell) => cell.value),
    second,
  );
}

const values: Readonly<Record<string, () => unknown>> = {
  'TestValue.test_value': async () => {
    const cells = CODES.map(([code, value]) => Value(code as 'i', value as number));
    assert.deepEqual(
      cells.map((cell) => cell.value),
      CODES.map(([, value]) => value),
    );
    await setElsewhere(cells as Cell[]);
  },
  'TestValue.test_rawvalue': async () => {
    const cells = CODES.map(([code, value]) => RawValue(code as 'i', value as number));
    await setElsewhere(cells as Cell[]);
  },
  'TestValue.test_getobj_getlock': async () => {
    const own = new RLock();
    assert.ok(Value('i', 5).getLock() instanceof RLock);
    assert.equal(Value('i', 5).getObj().value, 5);
    assert.equal(Value('i', 5, { lock: own }).getLock(), own);
    assert.equal('getLock' in Value('i', 5, { lock: false }), false);
    assert.equal(await thrown(() => Value('i', 5, { lock: 'navalue' as never })), 'AttributeError');
    assert.equal('getLock' in RawValue('i', 5), false);
  },
  'TestArray.test_array': async () => {
    const seq = [680, 626, 934, 821, 150, 233, 548, 982, 714, 831];
    const array = SharedArray('i', seq);
    assert.deepEqual([array.length, array.get(3), array.slice(2, 7)], [10, 821, seq.slice(2, 7)]);
    array.setSlice(4, 8, [1, 2, 3, 4]);
    seq.splice(4, 4, 1, 2, 3, 4);
    assert.deepEqual([...array], seq);
    await elsewhere(accumulate, array);
    for (let i = 1; i < seq.length; i++) seq[i] = (seq[i] ?? 0) + (seq[i - 1] ?? 0);
    assert.deepEqual([...array], seq);
  },
  'TestArray.test_array_from_size': () => {
    const array = SharedArray('i', 10);
    assert.deepEqual([...array], Array(10).fill(0));
    array.setSlice(
      0,
      10,
      Array.from({ length: 10 }, (_, i) => i),
    );
    assert.equal(array.get(9), 9);
  },
  'TestArray.test_rawarray': async () => {
    const array = RawArray('i', [1, 2, 3]);
    await elsewhere(accumulate, array);
    assert.deepEqual([...array], [1, 3, 6]);
  },
  'TestSharedCTypes.test_sharedctypes': async () => {
    const [x, y, array] = [Value('i', 7), Value('d', 1 / 4), SharedArray('d', 10)];
    for (let i = 0; i < 10; i++) array.set(i, i);
    await elsewhere(double, x, y, array);
    assert.deepEqual([x.value, y.value, array.get(9)], [14, 0.5, 18]);
  },
  'TestSharedCTypes.test_synchronize': async () => {
    const x = Value('i', 7, { lock: true });
    await x.getLock().with(() => {
      x.value += 1;
    });
    assert.equal(x.value, 8);
  },
  'TestSharedCTypes.test_copy': () => {
    const one = Value({ x: 'i', y: 'd' } as const, { x: 2, y: 5 });
    const copy = { ...one.value };
    one.value = { x: 0, y: 0 };
    assert.deepEqual(copy, { x: 2, y: 5 });
  },
};

const memories: Readonly<Record<string, () => unknown>> = {
  async test_shared_memory_basics() {
    const memory = new SharedMemory({ create: true, size: 512 });
    memory.buf?.set([42, 99], 0);
    const again = new SharedMemory({ name: memory.name, size: 10 });
    assert.deepEqual([again.buf?.[0], again.size >= 512], [42, true]);
    await elsewhere(writeMemory, memory.name, Buffer.from([7]));
    assert.equal(memory.buf?.[0], 7);
    assert.throws(() => new SharedMemory({ name: memory.name, create: true, size: 8 }), {
      name: 'FileExistsError',
    });
    again.close();
    memory.unlink();
    assert.throws(() => memory.unlink(), { name: 'FileNotFoundError' });
    memory.close();
    assert.equal(memory.buf, null);
  },
  test_shared_memory_recreate() {
    const memory = new SharedMemory({ create: true, size: 16 });
    memory.unlink();
    memory.close();
    const again = new SharedMemory({ create: true, size: 16, name: memory.name });
    again.unlink();
    again.close();
  },
  test_invalid_shared_memory_cration() {
    for (const size of [-1, 0])
      assert.throws(() => new SharedMemory({ create: true, size }), { name: 'ValueError' });
    assert.throws(() => new SharedMemory({ create: true }), { name: 'ValueError' });
  },
  async test_shared_memory_pickle_unpickle() {
    const memory = new SharedMemory({ create: true, size: 16 });
    memory.buf?.write('abc');
    const copy = await elsewhere(readMemory, memory);
    assert.equal(copy, 'abc');
    memory.unlink();
    memory.close();
  },
  async test_shared_memory_pickle_unpickle_dead_object() {
    const memory = new SharedMemory({ create: true, size: 16 });
    memory.unlink();
    assert.equal(await thrown(() => elsewhere(readMemory, memory)), 'FileNotFoundError');
    memory.close();
  },
  async test_shared_memory_across_processes() {
    const memory = new SharedMemory({ create: true, size: 16 });
    await elsewhere(writeMemory, memory.name, Buffer.from('howdy'));
    assert.equal(memory.buf?.toString('utf8', 0, 5), 'howdy');
    memory.unlink();
    memory.close();
  },
  test_shared_memory_SharedMemoryManager_basics() {
    const manager = new SharedMemoryManager().start();
    const list = manager.ShareableList([1, 2]);
    const memory = manager.SharedMemory(32);
    const names = [list.shm.name, memory.name];
    list.shm.close();
    memory.close();
    manager.shutdown();
    for (const name of names) assert.throws(() => new SharedMemory({ name }), { name: 'FileNotFoundError' });
  },
  async test_shared_memory_ShareableList_basics() {
    const list = new ShareableList([Buffer.from('howdy'), 'HoWdY', -273.154, 100, null, true, 42]);
    assert.deepEqual(
      [list.length, list.get(1), list.get(-1), list.index(42), list.count(42)],
      [7, 'HoWdY', 42, 6, 1],
    );
    assert.equal(await thrown(() => list.get(7)), 'IndexError');
    assert.equal(await thrown(() => list.index(-1)), 'ValueError');
    list.set(3, 'short');
    assert.equal(list.get(3), 'short');
    assert.equal(await thrown(() => list.set(4, 'much too long for it')), 'ValueError');
    assert.deepEqual([list.get(4), list.get(5)], [null, true]);
    const copy = list.copy();
    copy.set(6, 43);
    assert.deepEqual([list.get(6), copy.get(6)], [42, 43]);
    const empty = new ShareableList();
    assert.equal(empty.length, 0);
    for (const one of [list, copy, empty]) {
      one.shm.unlink();
      one.shm.close();
    }
  },
  async test_shared_memory_ShareableList_pickling() {
    const list = new ShareableList([0, 'a', null]);
    assert.deepEqual(await elsewhere(readList, list), [0, 'a', null]);
    list.shm.unlink();
    list.shm.close();
  },
  async test_shared_memory_ShareableList_pickling_dead_object() {
    const list = new ShareableList([1]);
    list.shm.unlink();
    assert.equal(await thrown(() => elsewhere(readList, list)), 'FileNotFoundError');
    list.shm.close();
  },
};
export const readMemory = (memory: SharedMemory): string | undefined => memory.buf?.toString('utf8', 0, 3);

if (isMain(import.meta)) {
  void (async () => {
    for (const [name, body] of Object.entries(values)) await check(`WithProcesses${name}`, body);
    for (const [name, body] of Object.entries(memories))
      await check(`WithProcessesTestSharedMemory.${name}`, body);
    await finish();
  })();
}
