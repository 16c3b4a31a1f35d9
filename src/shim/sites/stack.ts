/** Where a call came from, before any mapping. */
export interface Frame {
  /** Path, `file:` URL or `node:` name; '' where V8 does not know. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly fn: string;
}

/** V8's view of a frame, without the rest of it. */
export type RawFrame = Pick<
  NodeJS.CallSite,
  'getFileName' | 'getLineNumber' | 'getColumnNumber' | 'getFunctionName' | 'getTypeName' | 'isEval'
>;

/** Most frames that are looked at. Taking them costs a microsecond each. */
const ALL = 24;
const keepFrames = (_error: Error, frames: NodeJS.CallSite[]): NodeJS.CallSite[] => frames;
const { captureStackTrace } = Error;

/**
 * The frames above `skip`, the nearest `limit`. Leaves `Error` as it was. With frozen intrinsics V8's text is read instead.
 */
export function captureFrames(skip: (...args: never[]) => unknown, limit = ALL): readonly RawFrame[] {
  const holder: { stack?: unknown } = {};
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = keepFrames;
    captureStackTrace(holder, skip);
    if (Array.isArray(holder.stack)) return holder.stack as RawFrame[];
  } catch {
    // Frozen intrinsics: `Error` cannot be written.
  } finally {
    try {
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    } catch {
      // As above: nothing was changed.
    }
  }
  return parseStack(textOf(holder, skip));
}

function textOf(holder: { stack?: unknown }, skip: (...args: never[]) => unknown): string {
  if (typeof holder.stack === 'string') return holder.stack;
  const again: { stack?: unknown } = {};
  captureStackTrace(again, skip);
  return typeof again.stack === 'string' ? again.stack : '';
}

/** Reads V8's own stack text. */
export function parseStack(text: string): RawFrame[] {
  const frames: RawFrame[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s+at (?:(?:async )?(.+?) \()?(?:async )?(.+?):(\d+):(\d+)\)?$/.exec(line);
    if (!match) continue;
    const [, fn = '', file = '', row = '0', column = '0'] = match;
    frames.push({
      getFileName: () => file,
      getLineNumber: () => Number(row),
      getColumnNumber: () => Number(column),
      getFunctionName: () => fn || null,
      getTypeName: () => null,
      isEval: () => false,
    });
  }
  return frames;
}
