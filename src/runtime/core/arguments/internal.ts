import { TypeMismatch } from '../errors/errors.ts';

/**
 * A way into a public constructor for the runtime alone: what it passes stands in the place of the user's arguments. The
 * constructor's types do not mention it, and nothing that a user passes is ever taken for it.
 */
export class Internal<P> {
  /** To be passed to the constructor; the compiler takes it for what users pass. */
  pass<Argument>(parts: P): Argument {
    return new Passed(this, parts) as unknown as Argument;
  }

  /** In the constructor: what the runtime has passed; undefined when a user called. */
  received(argument: unknown): P | undefined {
    return argument instanceof Passed && argument.way === this ? (argument.parts as P) : undefined;
  }

  /** The same for a constructor that users never call. @throws TypeMismatch that says where its objects come from instead */
  expect(argument: unknown, origin: string): P {
    const parts = this.received(argument);
    if (parts === undefined) throw new TypeMismatch(origin);
    return parts;
  }
}

class Passed {
  readonly way: object;
  readonly parts: unknown;

  constructor(way: object, parts: unknown) {
    this.way = way;
    this.parts = parts;
  }
}

/**
 * All arguments of a call that takes `most`. @throws TypeMismatch for more: options in the wrong place would be lost without a
 * word. `usage`: the call as it is meant
 */
export function atMost<A extends readonly unknown[]>(most: number, given: A, usage: string): A {
  if (given.length <= most) return given;
  throw new TypeMismatch(
    `${most === 1 ? 'one argument is' : `at most ${most} arguments are`} taken, not ${given.length}: ${usage}`,
  );
}
