/** What is known of one test or suite, whatever has run it. */
export interface TestResult {
  /** Names of the suites around it, outermost first, and its own. */
  readonly path: readonly string[];
  /** From 1. */
  readonly place: { readonly file: string; readonly line: number; readonly column: number } | undefined;
  readonly state: 'running' | 'passed' | 'failed' | 'skipped';
  /** Milliseconds. */
  readonly duration: number | undefined;
  readonly failure: TestFailure | undefined;
}

export interface TestFailure {
  readonly message: string;
  readonly stack: string;
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
}
