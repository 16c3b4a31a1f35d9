import { findSourceMap } from 'node:module';

/** What a line of the results says of one test or suite. */
export interface NodeTestLine {
  readonly type: 'running' | 'passed' | 'failed' | 'skipped';
  readonly name: string;
  /** Number of suites and tests around it. */
  readonly nesting: number;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Milliseconds. */
  readonly duration?: number | undefined;
  readonly failure?: NodeTestFailure | undefined;
}

export interface NodeTestFailure {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of an assertion that compares. */
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  /** Only tests in it have failed, or whoever is around it has ended: it says nothing of its own. */
  readonly ofOthers: boolean;
}

/** What is used of the events of `node:test`. */
interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly file?: string;
    readonly line?: number;
    readonly column?: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly details?: { readonly duration_ms?: number; readonly passed?: boolean; readonly error?: unknown };
  };
}

/** A reporter of `node:test`: a line of JSON when a test begins, and when it has ended, in the order in which that happens. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    const told = lineOf(event);
    if (told !== undefined) yield `${JSON.stringify(told)}\n`;
  }
}

function lineOf({ type, data }: TestEvent): NodeTestLine | undefined {
  const { name = '', nesting = 0, skip, todo, details } = data;
  const test = { name, nesting, ...sourceOf(data) };
  if (type === 'test:dequeue') return { ...test, type: 'running' };
  if (type !== 'test:complete') return undefined;
  const duration = details?.duration_ms;
  const isOut = isSet(skip) || isSet(todo);
  if (isOut) return { ...test, type: 'skipped', duration };
  if (details?.error === undefined) return { ...test, type: 'passed', duration };
  return { ...test, type: 'failed', duration, failure: failureOf(details.error) };
}

type Place = Pick<NodeTestLine, 'file' | 'line' | 'column'>;

/** With this flag newer Nodes tell places of the source by themselves. */
const isMapped = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((text) =>
  text.includes('--enable-source-maps'),
);

/** The place in the source, where a loader has compiled it and has told how. */
function sourceOf({ file, line, column }: Partial<Place>): Place {
  const compiled = { file, line, column };
  if (file === undefined || line === undefined || column === undefined || isMapped) return compiled;
  const entry = Object(findSourceMap(file)?.findEntry(line - 1, column - 1));
  if (typeof entry.originalLine !== 'number' || typeof entry.originalColumn !== 'number') return compiled;
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

const isSet = (given: string | boolean | undefined): boolean => given !== undefined && given !== false;

/** Kinds of failures that say nothing of a test itself. */
const OF_OTHERS: ReadonlySet<unknown> = new Set([
  'subtestsFailed',
  'cancelledByParent',
  'parentAlreadyFinished',
]);

function failureOf(error: unknown): NodeTestFailure {
  const outer = Object(error);
  const cause: unknown = outer.cause ?? error;
  const inner = Object(cause);
  const isCompared = 'expected' in inner && 'actual' in inner;
  return {
    message: typeof inner.message === 'string' ? inner.message : String(cause),
    stack: typeof inner.stack === 'string' ? inner.stack : undefined,
    expected: isCompared ? text(inner.expected) : undefined,
    actual: isCompared ? text(inner.actual) : undefined,
    ofOthers: OF_OTHERS.has(outer.failureType),
  };
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value, undefined, 2) ?? String(value);
  } catch {
    return String(value);
  }
}
