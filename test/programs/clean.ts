import type { RunResult } from './run.ts';
import type { Runnable } from './types.ts';

/** What differs between any two runs of any program. */
const ALWAYS: readonly (readonly [RegExp, string])[] = [
  [/\(node:\d+\)/g, '(node:<pid>)'],
  [/(duration_ms:? ?)[\d.]+/g, '$1<time>'],
  [/\b\d+(\.\d+)? ?(ms|s|seconds?|milliseconds?)\b/g, '<time>'],
];

/** Output without pids and durations, with lines in a fixed order where the program promises none. */
export function cleaned(program: Runnable, text: string): string {
  let clean = text.replaceAll('\r\n', '\n');
  for (const [what, by] of [...(program.varies ?? []), ...ALWAYS]) clean = clean.replaceAll(what, by);
  return program.unordered ? clean.split('\n').sort().join('\n') : clean;
}

/** What is different between an untraced and a traced run, in words; empty: nothing. */
export function differences(program: Runnable, untraced: RunResult, traced: RunResult): string[] {
  const found: string[] = [];
  const end = (run: RunResult) => run.signal ?? `exit code ${run.exitCode}`;
  if (end(untraced) !== end(traced)) found.push(`ends with ${end(traced)}, untraced with ${end(untraced)}`);
  for (const stream of ['stdout', 'stderr'] as const) {
    const [without, with_] = [cleaned(program, untraced[stream]), cleaned(program, traced[stream])];
    if (without !== with_) found.push(`${stream} differs:\n${lineDifference(without, with_)}`);
  }
  return found;
}

/** The first lines that only one side has. */
function lineDifference(without: string, with_: string): string {
  const [a, b] = [without.split('\n'), with_.split('\n')];
  const only = (mine: string[], other: string[], mark: string) =>
    mine
      .filter((line, i) => other[i] !== line && !other.includes(line))
      .slice(0, 6)
      .map((line) => `      ${mark} ${line.slice(0, 200)}`);
  const lines = [...only(a, b, '- untraced:'), ...only(b, a, '+ traced:  ')];
  return lines.length > 0
    ? lines.join('\n')
    : `      ${a.length} lines untraced, ${b.length} traced, or another order`;
}
