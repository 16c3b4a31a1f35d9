import * as l10n from '@vscode/l10n';

/**
 * Splits a line into arguments as a POSIX shell would, without expanding anything: quotes group, a backslash takes the
 * next character as it is (in double quotes only before `"` and `\`, so that Windows paths survive there).
 * @throws Error for people when a quote is not closed
 */
export function splitArguments(line: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '\\' && quote !== "'" && takesNext(line.charAt(i + 1), quote)) {
      word = (word ?? '') + line.charAt(++i);
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== '') throw new Error(l10n.t('The quote {0} is not closed.', quote));
  if (word !== undefined) found.push(word);
  return found;
}

function takesNext(next: string, quote: string): boolean {
  return quote === '"' ? next === '"' || next === '\\' : next !== '';
}

/** The line that {@link splitArguments} splits into these arguments. */
export function joinArguments(args: readonly string[]): string {
  return args.map((arg) => (/^[^\s"'\\]+$/.test(arg) ? arg : `"${arg.replace(/["\\]/g, '\\$&')}"`)).join(' ');
}
