import { isMain, Process, RawArray, type RawCells, RawValue, SharedArray, Value } from 'forkscope';
import { tell } from './tell.ts';

const synchronized = () => ({
  i: Value('i', 7),
  d: Value('d', 1.25),
  h: Value('h', -1),
  q: Value('q', 2n),
  c: Value('c', Buffer.from('x')),
});
const raw = () => ({
  i: RawValue('i', 7),
  d: RawValue('d', 1.25),
  h: RawValue('h', -1),
  q: RawValue('q', 2n),
  c: RawValue('c', Buffer.from('x')),
});

export function write(values: ReturnType<typeof synchronized> | ReturnType<typeof raw>): void {
  values.i.value = 42;
  values.d.value = 3.5;
  values.h.value = -232;
  values.q.value = 9007199254740993n;
  values.c.value = Buffer.from('y');
}
const read = ({ i, d, h, q, c }: ReturnType<typeof synchronized> | ReturnType<typeof raw>): object => ({
  i: i.value,
  d: d.value,
  h: h.value,
  q: String(q.value),
  c: c.value.toString(),
});

export function sums(array: ReturnType<typeof SharedArray<'i'>> | RawCells<'i'>): void {
  for (let i = 1; i < array.length; i++) array.set(i, array.get(i) + array.get(i - 1));
}
export async function add(value: ReturnType<typeof Value<'i'>>, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) {
      await value.getLock().with(() => {
        value.value += 1;
      });
    } else {
      value.getLock().withSync(() => {
        value.value += 1;
      });
    }
  }
}
const POINT = { x: 'i', y: 'd' } as const;
export function double(
  value: ReturnType<typeof Value<typeof POINT>>,
  array: ReturnType<typeof SharedArray<typeof POINT>>,
): void {
  const { x, y } = value.value;
  value.value = { x: x * 2, y: y * 2 };
  for (let i = 0; i < array.length; i++) array.set(i, { x: array.get(i).x * 2, y: array.get(i).y ** 2 * 2 });
}

async function inChild(child: Process): Promise<void> {
  await child.start();
  await child.join();
}

async function main(): Promise<void> {
  const [one, other] = [synchronized(), raw()];
  await inChild(new Process({ target: write, args: [one] }) as unknown as Process);
  await inChild(new Process({ target: write, args: [other] }) as unknown as Process);
  tell({ 102: { synchronized: read(one), raw: read(other) } });

  const [array, rawArray] = [SharedArray('i', [1, 2, 3, 4, 5]), RawArray('i', [1, 2, 3, 4, 5])];
  await inChild(new Process({ target: sums, args: [array] }) as unknown as Process);
  await inChild(new Process({ target: sums, args: [rawArray] }) as unknown as Process);
  tell({ 104: { synchronized: [...array], raw: [...rawArray] } });

  const value = Value('i', 0);
  const adders = [0, 1, 2].map(() => new Process({ target: add, args: [value, 1000] }));
  await Promise.all(adders.map((child) => child.start()));
  for (const child of adders) await child.join();
  tell({ 109: value.value });

  const point = Value(POINT, { x: 3, y: 2.5 });
  const points = SharedArray(POINT, [
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ]);
  await inChild(new Process({ target: double, args: [point, points] }) as unknown as Process);
  tell({ 110: { value: point.value, array: [...points] } });
}

if (isMain(import.meta)) void main();
