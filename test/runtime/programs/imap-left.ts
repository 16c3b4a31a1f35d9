// Iterations of a pool that are left early, or whose results nobody takes: each line is one fact.
import { isMain, Pool } from 'forkscope';
import { sleep, tell, until } from './tell.ts';

export const square = (n: number): number => n * n;

async function left(pool: Pool, ordered: boolean): Promise<void> {
  let made = 0;
  let returned = false;
  function* source(): Generator<number> {
    try {
      for (;;) yield made++;
    } finally {
      returned = true;
    }
  }
  const results = ordered ? pool.imap(square, source()) : pool.imapUnordered(square, source());
  for await (const value of results) if (value >= 9) break;
  await until(() => returned, 'the source is closed');
  const at = made;
  const after = await results.next();
  await pool.map(square, [1, 2, 3]);
  tell({ [`left ${ordered}`]: [made === at, after.done] });
}

async function untaken(pool: Pool): Promise<void> {
  let made = 0;
  function* source(): Generator<number> {
    for (; made < 20_000; made++) yield made;
  }
  const results = pool.imap(square, source());
  await results.next();
  // As long as more is pulled; then it stands.
  for (let before = -1; before !== made; ) {
    before = made;
    await sleep(200);
  }
  const stood = made;
  let sum = 1;
  for await (const _ of results) sum++;
  tell({ untaken: [stood < 500, sum] });
}

/** After `close` and `join` all items are done, as in Python. */
async function joined(): Promise<void> {
  const pool = new Pool(2);
  const results = pool.imap(
    square,
    Array.from({ length: 3000 }, (_, i) => i),
  );
  pool.close();
  await pool.join();
  let count = 0;
  for await (const _ of results) count++;
  tell({ joined: count });
}

/** A source that never gives its next item holds nobody up once the iteration is left. */
async function stuck(): Promise<void> {
  const pool = new Pool(1);
  async function* source(): AsyncGenerator<number> {
    yield 2;
    await new Promise(() => {});
  }
  for await (const value of pool.imap(square, source())) {
    tell({ stuck: value });
    break;
  }
  pool.close();
  await pool.join();
}

async function terminated(): Promise<void> {
  const pool = new Pool(1);
  function* source(): Generator<number> {
    for (let n = 0; ; n++) yield n;
  }
  const results = pool.imap(square, source());
  await results.next();
  pool.terminate();
  await pool.join();
  let name = '';
  try {
    for await (const _ of results);
  } catch (error) {
    ({ name } = error as Error);
  }
  tell({ terminated: name });
}

if (isMain(import.meta)) {
  void (async () => {
    const pool = new Pool(2);
    await left(pool, true);
    await left(pool, false);
    await untaken(pool);
    pool.close();
    await pool.join();
    await joined();
    await stuck();
    await terminated();
  })();
}
