import { observed } from '../core/observe.ts';

/** V8's view of a frame, without the rest of it. */
export type RawFrame = Pick<
  NodeJS.CallSite,
  'getFileName' | 'getLineNumber' | 'getColumnNumber' | 'getFunctionName' | 'isAsync'
>;

/** Frames that are looked at for a whole stack, Node's own and the runtime's among them. Each costs about half a microsecond. */
export const WHOLE = 32;
const keepFrames = (_error: Error, frames: NodeJS.CallSite[]): NodeJS.CallSite[] => frames;
const { captureStackTrace } = Error;
const { defineProperty, getOwnPropertyDescriptor } = Object;
const PREPARE = 'prepareStackTrace';
type Skip = (...args: never[]) => unknown;

/**
 * The frames above `skip`, the nearest `limit`, and behind them the asynchronous functions that await the last one. Leaves
 * `Error` as it was: a setter of the program's is not called, and a property that was not there is not there afterwards.
 * With frozen intrinsics V8's text is read instead.
 */
export function captureFrames(skip: Skip, limit = WHOLE): readonly RawFrame[] {
  // Between the tracer and what it observes there is one frame of WebAssembly.
  if (skip === observed) return capture(skip, limit + 1).filter((frame, i) => i > 0 || !isTailCall(frame));
  return capture(skip, limit);
}

function isTailCall(frame: RawFrame): boolean {
  return frame.getFileName()?.startsWith('wasm:') === true;
}

function capture(skip: Skip, limit: number): readonly RawFrame[] {
  const holder: { stack?: unknown } = {};
  const { stackTraceLimit } = Error;
  const prepare = getOwnPropertyDescriptor(Error, PREPARE);
  let replaced = false;
  try {
    Error.stackTraceLimit = limit;
    replaced = replacePrepare(prepare);
    captureStackTrace(holder, skip);
    if (Array.isArray(holder.stack)) return holder.stack as RawFrame[];
  } catch {
    // Frozen intrinsics: `Error` cannot be written.
  } finally {
    restore(stackTraceLimit, replaced, prepare);
  }
  return parseStack(textOf(holder, skip));
}

function replacePrepare(was: PropertyDescriptor | undefined): boolean {
  if (was === undefined || (was.writable && was.configurable)) {
    Error.prepareStackTrace = keepFrames;
    return true;
  }
  if (!was.configurable) return false;
  defineProperty(Error, PREPARE, { value: keepFrames, writable: true, configurable: true });
  return true;
}

function restore(limit: number, replaced: boolean, prepare: PropertyDescriptor | undefined): void {
  try {
    Error.stackTraceLimit = limit;
    if (!replaced) return;
    if (prepare === undefined) Reflect.deleteProperty(Error, PREPARE);
    else if (prepare.writable) Error.prepareStackTrace = prepare.value;
    else defineProperty(Error, PREPARE, prepare);
  } catch {
    // As above: nothing was changed.
  }
}

function textOf(holder: { stack?: unknown }, skip: Skip): string {
  if (typeof holder.stack === 'string') return holder.stack;
  const again: { stack?: unknown } = {};
  captureStackTrace(again, skip);
  return typeof again.stack === 'string' ? again.stack : '';
}

/** Reads V8's own stack text. */
export function parseStack(text: string): RawFrame[] {
  const frames: RawFrame[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s+at (async )?(?:(.+?) \()?(?:async )?(.+?):(\d+):(\d+)\)?$/.exec(line);
    if (!match) continue;
    const [, async = '', fn = '', file = '', row = '0', column = '0'] = match;
    frames.push({
      getFileName: () => file,
      getLineNumber: () => Number(row),
      getColumnNumber: () => Number(column),
      getFunctionName: () => fn || null,
      isAsync: () => async !== '',
    });
  }
  return frames;
}
