import { builtin } from '../core/builtins.ts';

/** The end of a child as a record has it; `code` and `signal` are what Node tells of it. */
export function exitOf(code: unknown, signal: unknown): { exit: number; signal: boolean } {
  const number =
    typeof signal === 'string' ? (builtin('node:os').constants.signals[signal as NodeJS.Signals] ?? 0) : 0;
  return number > 0 ? { exit: number, signal: true } : { exit: Number(code ?? 0), signal: false };
}
