import { RUNTIME_ERRORS } from './errors.ts';

type ErrorClass = { readonly prototype: Error };

/** JavaScript's and the runtime's, by name. A Map: a name that comes from elsewhere may be `toString` or `__proto__`. */
const BY_NAME: ReadonlyMap<unknown, ErrorClass | undefined> = new Map<string, ErrorClass | undefined>([
  ...Object.entries({
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    EvalError,
    URIError,
    AggregateError,
    // From Node 24 on.
    SuppressedError: (globalThis as { SuppressedError?: ErrorClass }).SuppressedError,
  }),
  ...Object.entries(RUNTIME_ERRORS),
]);

const RUNTIME_NAMES: ReadonlyMap<unknown, string> = new Map(
  Object.entries(RUNTIME_ERRORS).map(([name, type]) => [type, name]),
);

/** The class of that name; undefined for any other name. */
export function errorClass(name: unknown): ErrorClass | undefined {
  return BY_NAME.get(name);
}

/** The name of a class of the runtime's; undefined for any other class. */
export function runtimeErrorName(type: unknown): string | undefined {
  return RUNTIME_NAMES.get(type);
}
