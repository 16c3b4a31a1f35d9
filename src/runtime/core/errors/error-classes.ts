import { RUNTIME_ERRORS } from './errors.ts';

/** JavaScript's and the runtime's, by name. */
export const ERROR_CLASSES: Readonly<Record<string, { readonly prototype: Error } | undefined>> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  // From Node 24 on.
  SuppressedError: (globalThis as { SuppressedError?: { readonly prototype: Error } }).SuppressedError,
  ...RUNTIME_ERRORS,
};
