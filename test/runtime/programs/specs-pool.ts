// Spec S11: a pool. Arguments: the spec, and the file that has it.
import { readFileSync } from 'node:fs';
import { isMain, Pool } from 'forkscope';
import { outcome, settled, sleep, tell } from './tell.ts';

export const square = (x: number): number => x * x;
export const squareOf = ({ x }: { readonly x: number }): number => x * x;
export const product = (x: number, y: number): number => x * y;
export const failing = (): never => {
  throw Object.assign(new Error('on purpose'), { name: 'ValueError' });
};
export async function long(): Promise<void> {
  await sleep(30_000);
}

function* failingAt(total: number, at: number): Generator<number, void, void> {
  for (let i = 0; i < total; i++) {
    if (i === at) throw new Error('the source failed');
    yield i;
  }
}

/** `imap_gen(20,7)_chunk2_prefix`: what comes before the error of a source of 20 that fails at 7, in chunks of 2. */
async function prefix(pool: Pool, text: string): Promise<unknown> {
  const [total = 0, at = 0, chunk = 1] = (text.match(/\d+/g) ?? []).map(Number);
  const seen: number[] = [];
  const error = await settled(async () => {
    for await (const value of pool.imap(square, failingAt(total, at), chunk)) seen.push(value);
    return 'no error';
  });
  return error === 'Error' ? seen : error;
}

async function empties(pool: Pool): Promise<unknown[]> {
  const listed = async (values: AsyncIterable<number>): Promise<number[]> => {
    const all: number[] = [];
    for await (const value of values) all.push(value);
    return all;
  };
  const none: number[] = [];
  return [
    await pool.map(square, none),
    await listed(pool.imap(square, none)),
    await listed(pool.imapUnordered(square, none)),
    await pool.mapAsync(square, none).get(),
  ];
}

async function replacing(): Promise<unknown> {
  await using pool = new Pool({ processes: 2, maxtasksperchild: 1 });
  const results = [0, 1, 2, 3, 4, 5].map((i) => pool.applyAsync(square, [i]));
  pool.close();
  await pool.join();
  return await Promise.all(results.map((result) => result.get()));
}

async function observe(key: string, pool: Pool): Promise<unknown> {
  if (key === 'apply') return await pool.apply(square, [5]);
  if (key === 'apply_kw') return await pool.apply(squareOf, [], { x: 3 });
  if (key === 'map10')
    return await pool.map(
      square,
      Array.from({ length: 10 }, (_, i) => i),
    );
  if (key === 'starmap') {
    return await pool.starmap(
      product,
      Array.from({ length: 10 }, (_, i) => [i, 9 - i] as const),
    );
  }
  if (key === 'empty') return await empties(pool);
  if (key.startsWith('imap_gen')) return await prefix(pool, key);
  if (key.startsWith('Pool(')) return outcome(() => new Pool(Number(key.slice(5, -1))));
  if (key.startsWith('maxtasksperchild=0'))
    return outcome(() => new Pool({ processes: 1, maxtasksperchild: 0 }));
  if (key.startsWith('maxtasksperchild=1')) return await replacing();
  if (key === 'map_async_callback') {
    const got: number[][] = [];
    await pool.mapAsync(square, [1], { callback: (values) => got.push(values) }).wait();
    return got;
  }
  if (key === 'map_async_error_callback') {
    let got: unknown;
    await pool.mapAsync(failing, [1], { errorCallback: (error) => (got = error) }).wait();
    return (got as Error).name;
  }
  if (key.startsWith('get(timeout=')) {
    const timeout = Number(/[\d.]+/.exec(key)?.[0]);
    const begin = performance.now();
    const result = pool.applyAsync(long);
    return [await settled(() => result.get(timeout)), (performance.now() - begin) / 1000];
  }
  throw new Error(`this program does not know ${key}`);
}

async function main(): Promise<void> {
  const [id = '', file = ''] = process.argv.slice(2);
  const { expect } = JSON.parse(readFileSync(file, 'utf8'))[id];
  await using pool = new Pool(2);
  for (const key of Object.keys(expect)) tell({ [key]: await observe(key, pool) });
}

if (isMain(import.meta)) void main();
