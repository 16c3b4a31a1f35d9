// What the types of processes and pools accept, and what they say otherwise: "error" marks the line above, and its words.
import {
  type AnyFunction,
  type Future,
  Pool,
  Process,
  ProcessPoolExecutor,
  type ResultIterator,
} from 'forkscope';
import { is } from './is.ts';

const square = (n: number): number => n * n;
const greet = (_name: string, _options: { loud: boolean }): void => {};
const maybe = (_n?: number): void => {};
const list = async (_items: readonly string[]): Promise<number> => 1;

new Process();
new Process({ name: 'x', daemon: true });
new Process({ target: square, args: [1] });
new Process({ target: maybe });
new Process({ target: maybe, args: [2] });
new Process({ target: () => 1 });
new Process({ target: list, args: [['a']] });
new Process({ target: greet, args: ['x', { loud: true }] });
new Process({ target: greet, args: ['x'], kwargs: { loud: true } });
new Process({ target: [import.meta.url, 'square'], args: [1, 'anything'] });
new Process({ target: square as AnyFunction, args: [1], kwargs: { any: 1 } });

new Process({ target: square, args: ['x'] });
// error: Type 'string' is not assignable to type 'number'
new Process({ target: square, args: [1, 2] });
// error: Source has 2 element\(s\) but target allows only 1
new Process({ target: square });
// error: Property 'args' is missing
new Process({ target: square, args: [] });
// error: Source has 0 element\(s\) but target requires 1
new Process({ target: greet, args: [1], kwargs: { loud: true } });
// error: Type 'number' is not assignable to type 'string'
new Process({ target: greet, args: ['x'], kwargs: { quiet: true } });
// error: 'quiet' does not exist
new Process({ target: greet, args: ['x'], kwargs: {} });
// error: Property 'loud' is missing
new Process({ tagret: square });
// error: 'tagret' does not exist
new Process({ target: 'square' });
// error: Type 'string' is not assignable
new Process(square);
// error: not assignable|no properties in common
new Process({ target: square, args: 1 });
// error: Type 'number' is not assignable

const pool = new Pool({ processes: 2 });
is<number>()(await pool.apply(square, [1]));
is<number>()(await pool.applyAsync(square, [1]).get());
is<number>()(await pool.applyAsync(list, [['a']]).get({ timeout: 1, signal: AbortSignal.abort() }));
is<number[]>()(await pool.map(square, [1, 2]));
is<ResultIterator<number>>()(pool.imap(square, new Set([1])));
for await (const value of pool.imapUnordered(square, [1])) is<number>()(value);
pool.apply(square, ['x']);
// error: Type 'string' is not assignable to type 'number'
pool.map(square, ['x']);
// error: not assignable to parameter of type 'Iterable<number>'
pool.map(square, [1], { chunkSize: 3 });
// error: Did you mean to write 'chunksize'
new Pool({ processes: '2' });
// error: Type 'string' is not assignable to type 'number'

const executor = new ProcessPoolExecutor(1);
const future = executor.submit(square, 2);
is<Future<number>>()(future);
is<number>()(await future);
is<number>()(await future.result(1));
is<unknown>()(await future.exception({ signal: AbortSignal.abort() }));
executor.submit(square, 'x');
// error: Argument of type 'string' is not assignable
executor.submit(square);
// error: Expected 2 arguments, but got 1
