import { reportProblem } from './guard.ts';
import type { Recorder } from './recorder.ts';
import { type Traps, tailCalling } from './tail-call.ts';

/**
 * Looks at calls of Node's functions in a way that the program does not see: the function looks the same, and what runs inside
 * of it, the program's listeners and its errors, has no frame of the tracer on its stack.
 */
export type Callee = (...args: never[]) => unknown;
type Class = new (...args: never[]) => object;
export type Args = unknown[];

/** Where a hook reports what goes wrong in it. */
export interface Reporting {
  readonly recorder: Recorder;
  readonly probe: string;
}

/** A hook that wants to see the end of a call too. */
export interface Around<C> {
  /** `undefined`: nothing is to be seen of this call. `self`: of a class, the one that `new` was called with. */
  begin(self: unknown, args: Args): C | undefined;
  /** `outcome`: what was returned, made or thrown. */
  end(context: C, returned: boolean, outcome: unknown, args: Args): void;
  /**
   * May a call that has thrown be made once more? An error that is made while the tracer is on the stack shows it. So a call
   * that was refused for its arguments is refused again, when the tracer has left the stack. Where a hook does not
   * say, what is thrown is let through, not caught and thrown again: Node shows the line that has thrown it.
   */
  repeats?(args: Args): boolean;
}

/** Given what the program called, with what, returns what is called now in its place, with `this` and `args`. */
type Enter = (target: never, first: never, second: never) => unknown;

/** By the function below the proxy. */
const hooks = new Map<unknown, Enter>();

/** Called for every call of what is observed: above it on the stack are the frames of the program. */
export function observed(...call: never[]): unknown {
  // Not taken apart: that would ask the iterator of arrays, which a program may have replaced.
  const enter = hooks.get(call[0]);
  return enter === undefined ? call[0] : enter(call[0] as never, call[1] as never, call[2] as never);
}

/** Shared by all proxies. The traps are made by the first call that needs one. */
const handler = {
  get apply() {
    return load().apply;
  },
  get construct() {
    return load().construct;
  },
};
function load(): Traps {
  const traps = tailCalling(observed as Traps['apply']);
  for (const [name, value] of Object.entries(traps)) Object.defineProperty(handler, name, { value });
  return traps;
}

function proxied<F extends object>(original: F, enter: Enter): F {
  // Of several proxies of one function, each has a key of its own.
  const target = hooks.has(original) ? new Proxy(original, {}) : original;
  hooks.set(target, enter);
  return new Proxy(target, handler as ProxyHandler<F>);
}

/** `original`, with `before` called first; that may change the list of arguments. */
export function observing<F extends Callee>(
  original: F,
  where: Reporting,
  before: (self: unknown, args: Args) => void,
): F {
  return proxied(original, (target: F, self: unknown, args: Args) => {
    try {
      before(self, args);
    } catch (error) {
      reportProblem(where.recorder, where.probe, error);
    }
    return target;
  });
}

/** `original`, with `around` told of begin and end of each call. */
export function surrounding<C, F extends Callee>(original: F, where: Reporting, around: Around<C>): F {
  return proxied(original, (target: F, self: unknown, args: Args) => {
    const context = begin(where, around, self, args);
    if (context === undefined) return target;
    if (!around.repeats) return through(target, self, args, where, around, context);
    let result: unknown;
    try {
      result = Reflect.apply(target, self, args as never[]);
    } catch (error) {
      end(where, around, context, false, error, args);
      return around.repeats(args) ? target : throwing(args, error);
    }
    end(where, around, context, true, result, args);
    return giving(result);
  });
}

function through<C>(
  target: Callee,
  self: unknown,
  args: Args,
  where: Reporting,
  around: Around<C>,
  context: C,
): unknown {
  let returned = false;
  let result: unknown;
  try {
    result = Reflect.apply(target, self, args as never[]);
    returned = true;
  } finally {
    end(where, around, context, returned, result, args);
  }
  return giving(result);
}

const { construct } = Reflect;

/** The class `original`, with `around` told of each object that is made. */
export function constructing<C, F extends Class>(original: F, where: Reporting, around: Around<C>): F {
  const own: F = proxied(original, (target: F, args: Args, newTarget: F) => {
    const context = begin(where, around, newTarget, args);
    // V8 names objects, in stacks too, by the class that has made them.
    const by = newTarget === own ? target : newTarget;
    if (context === undefined) return construct.bind(undefined, target, args, by);
    let made: unknown;
    try {
      made = construct(target, args, by);
    } catch (error) {
      end(where, around, context, false, error, args);
      return around.repeats?.(args)
        ? construct.bind(undefined, target, [...args], by)
        : throwing(args, error);
    }
    end(where, around, context, true, made, args);
    return giving(made);
  });
  return own;
}

function begin<C>(
  { recorder, probe }: Reporting,
  around: Around<C>,
  self: unknown,
  args: Args,
): C | undefined {
  try {
    return around.begin(self, args);
  } catch (error) {
    reportProblem(recorder, probe, error);
    return undefined;
  }
}

function end<C>(
  { recorder, probe }: Reporting,
  around: Around<C>,
  context: C,
  returned: boolean,
  outcome: unknown,
  args: Args,
): void {
  try {
    around.end(context, returned, outcome, args);
  } catch (error) {
    reportProblem(recorder, probe, error);
  }
}

/** Between the two nothing else is called. */
let given: unknown;
const give = (): unknown => {
  const result = given;
  given = undefined;
  return result;
};
function giving(result: unknown): typeof give {
  given = result;
  return give;
}

/** Throws what it is given, from no place of its own: Node shows the line of an error that nobody catches. */
const throwIt = (() => {
  const ended = (function* () {})();
  ended.return();
  return ended.throw.bind(ended) as (error: unknown) => never;
})();
function throwing(args: Args, error: unknown): typeof throwIt {
  args.length = 0;
  args.push(error);
  return throwIt;
}
