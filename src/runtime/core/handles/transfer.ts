/** Handles in messages: how a class of them is written and read, and which blocks a message keeps alive on its way. */
import { SerializationError } from '../errors/errors.ts';
import { memory } from './instance.ts';

/** What a class of handles tells the codec. */
export interface HandleType<H extends object> {
  readonly id: string;
  /** What the receiver needs, and which blocks travel. @throws SerializationError when the handle cannot travel now */
  toWire(handle: H): { readonly fields: readonly unknown[]; readonly blocks: readonly number[] };
  fromWire(fields: readonly unknown[]): H;
  /** For handles that mean something behind a socket too. The fields may be whatever a peer makes of them. */
  readonly fromPeer?: (fields: readonly unknown[]) => H;
}

const TYPE = Symbol('forkscope.handleType');
const types = new Map<string, HandleType<object>>();

/** Lets instances of `prototype`'s class travel in messages and arguments. */
export function registerHandle<H extends object>(prototype: H, type: HandleType<H>): void {
  types.set(type.id, type as unknown as HandleType<object>);
  Object.defineProperty(prototype, TYPE, { value: type });
}

const NO_BLOCKS: readonly number[] = [];
/** Blocks that the message under construction carries; see {@link carrying}. */
let carried: number[] = [];
let encoding = false;

/** Encodes `value`, and returns the blocks that its message keeps alive, already counted in flight. */
export function carrying<T>(
  encode: (value: T, head: number) => unknown,
  value: T,
  head = 0,
): readonly number[] {
  // Defined: a getter of the value that is being encoded sends something itself.
  const outer = encoding ? carried : undefined;
  if (outer !== undefined) carried = [];
  encoding = true;
  try {
    encode(value, head);
    if (carried.length === 0) return NO_BLOCKS;
    const blocks = carried;
    carried = [];
    return blocks;
  } catch (error) {
    discard(carried);
    carried = [];
    throw error;
  } finally {
    if (outer === undefined) encoding = false;
    else carried = outer;
  }
}

/** A message with these blocks will never arrive, or has arrived and been opened. */
export function discard(blocks: readonly number[]): void {
  for (const at of blocks) memory().inFlight(at, -1);
}

export const handleCodec = {
  toWire(value: object): readonly unknown[] | undefined {
    const type = handleTypeOf(value);
    if (type === undefined) return undefined;
    const { fields, blocks } = type.toWire(value);
    for (const at of blocks) memory().inFlight(at, 1);
    carried.push(...blocks);
    return [type.id, blocks, fields];
  },
  fromWire(wire: readonly unknown[]): object {
    const [id, blocks, fields] = wire as [string, number[], unknown[]];
    const type = types.get(id);
    if (type === undefined) throw new SerializationError(`unknown handle "${id}" in a message`);
    try {
      return type.fromWire(fields);
    } finally {
      discard(blocks);
    }
  },
};

/** What the codec of sockets needs to know of a handle; undefined for what is none. */
export function handleTypeOf(value: object): HandleType<object> | undefined {
  return (value as { [TYPE]?: HandleType<object> })[TYPE];
}

export function handleTypeNamed(id: unknown): HandleType<object> | undefined {
  return types.get(id as string);
}
