import type { TestResult } from './result.ts';

/** What is used of the JSON that jest writes, and vitest after it. */
interface JsonReport {
  readonly testResults?: readonly {
    readonly name?: string;
    readonly message?: string;
    readonly assertionResults?: readonly JsonTest[];
  }[];
}

interface JsonTest {
  readonly ancestorTitles?: readonly string[];
  readonly title?: string;
  readonly status?: string;
  readonly duration?: number | null;
  readonly failureMessages?: readonly string[] | null;
  readonly location?: { readonly line: number; readonly column: number } | null;
}

/** Results of the JSON reports of jest and vitest. @param message why a file could not be run at all, or '' */
export function jsonResults(text: string): {
  readonly results: readonly TestResult[];
  readonly message: string;
} {
  const report: JsonReport = JSON.parse(text);
  const files = report.testResults ?? [];
  const results = files.flatMap(({ name = '', assertionResults = [] }) =>
    assertionResults.map((test) => resultOf(name, test)),
  );
  const failed = files.filter(({ assertionResults = [] }) => assertionResults.length === 0);
  return { results, message: failed.map(({ message = '' }) => message).join('\n') };
}

function resultOf(file: string, test: JsonTest): TestResult {
  const { ancestorTitles = [], title = '', status, duration, failureMessages, location } = test;
  const state = status === 'passed' || status === 'failed' ? status : 'skipped';
  const stack = (failureMessages ?? []).join('\n');
  return {
    // Vitest has an empty name for the file.
    path: [...ancestorTitles.filter((name) => name !== ''), title],
    place: location ? { file, line: location.line, column: location.column } : undefined,
    state,
    duration: duration ?? undefined,
    failure: state === 'failed' ? { message: stack.split('\n    at ')[0] ?? '', stack } : undefined,
  };
}
