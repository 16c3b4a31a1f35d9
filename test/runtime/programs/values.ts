// Values on their way between real processes: what arrives of them, and what is said of those that cannot be sent.
import { isMain, Pool, Process, Queue } from 'forkscope';
import { tell } from './tell.ts';

export const find = (text: string): RegExpMatchArray | null => text.match(/(?<word>b+)/);
export function views(given: { u8: Uint8Array; u16: Uint16Array }): [boolean, number] {
  given.u16[0] = 0x0201;
  return [given.u8.buffer === given.u16.buffer, given.u8[1] ?? -1];
}
export const give = (): unknown => ({ list: [1, give] });
export const take = (..._: unknown[]): void => {};

const said = (call: () => Promise<unknown>): Promise<string> =>
  call().then(
    () => 'nothing',
    (error: Error) => error.message,
  );

if (isMain(import.meta)) {
  void (async () => {
    const pool = new Pool(1);
    const found = await pool.apply(find, ['abbc']);
    tell({ match: [found?.index, found?.input, found?.groups, found?.length] });
    const buffer = new ArrayBuffer(8);
    tell({ views: await pool.apply(views, [{ u8: new Uint8Array(buffer), u16: new Uint16Array(buffer) }]) });
    const bad = { b: [1, 2, 3, give] };
    tell({
      process: await said(() => new Process({ target: take, args: [bad] }).start()),
      queue: await said(() => new Queue<unknown>().put(bad)),
      apply: await said(() => pool.apply(take, [0, bad])),
      keyed: await said(() => pool.apply(take, [0], { bad })),
      map: await said(() => pool.map(take, [bad], 1)),
      starmap: await said(() => pool.starmap(take, [[0, bad]], 1)),
      result: (await said(() => pool.apply(give))).replace(/.*Reason: /, ''),
    });
    pool.terminate();
    await pool.join();
  })();
}
