import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUNTIME_ERRORS } from '../../src/runtime/core/errors/errors.ts';
import * as forkscope from '../../src/runtime/index.ts';

const { FileExistsError, OSError, Pipe, Queue, SharedMemory, SharedMemoryError, ValueError } = forkscope;

test('the class says which error it is, and a code where a class stands for several', () => {
  for (const [name, type] of Object.entries(RUNTIME_ERRORS))
    assert.equal((forkscope as Record<string, unknown>)[name], type);
  assert.equal(new SharedMemoryError('x').code, 'ERR_SHARED_MEMORY_UNAVAILABLE');
  const lock = new forkscope.Lock();
  const many: object[] = [lock];
  try {
    for (;;) many.push(new forkscope.Lock());
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'ERR_SHARED_MEMORY_EXHAUSTED');
  } finally {
    for (const one of many) (one as typeof lock).close();
  }
});

test("an OSError has the system's code and its cause, here and in another process", async () => {
  assert.deepEqual([new OSError('x').code, new OSError('x', { code: 'EPIPE' }).code], [undefined, 'EPIPE']);
  const name = `forkscope-errors-${process.pid}`;
  const segment = new SharedMemory({ create: true, size: 8, name });
  try {
    assert.throws(
      () => new SharedMemory({ create: true, size: 8, name }),
      (error: Error) => {
        assert.ok(error instanceof FileExistsError);
        assert.deepEqual([error.code, (error.cause as NodeJS.ErrnoException).code], ['EEXIST', 'EEXIST']);
        return true;
      },
    );
  } finally {
    segment.close();
    segment.unlink();
  }
  const queue = new Queue<unknown>();
  await queue.put([new OSError('x', { code: 'EPIPE', cause: new ValueError('why') }), new ValueError('y')]);
  const [first, second] = (await queue.get()) as [
    InstanceType<typeof OSError>,
    InstanceType<typeof ValueError>,
  ];
  assert.deepEqual([first.code, first.cause instanceof ValueError], ['EPIPE', true]);
  assert.ok(second instanceof ValueError);
});

test('an error of a pipe that is called differently still ends the iteration', async () => {
  const [reader, writer] = Pipe<number>(false);
  await writer.send(1);
  writer.close();
  const seen: number[] = [];
  for await (const value of reader) seen.push(value);
  assert.deepEqual(seen, [1]);
});
