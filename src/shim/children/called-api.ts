import type { SpawnApi } from '../../trace/format/definitions.ts';

/** What of V8's view of a frame tells whose it is. */
type Named = Pick<NodeJS.CallSite, 'getFileName' | 'getFunctionName'>;

/** The function of `child_process` that the program called: the last of Node's own frames before the program's. */
export function calledApi<T extends SpawnApi>(
  frames: readonly Named[],
  among: readonly T[],
  otherwise: T,
): T {
  let api = otherwise;
  for (const frame of frames.slice(Math.max(0, frames.findIndex(isNodes)))) {
    if (!isNodes(frame)) break;
    const name = frame.getFunctionName()?.replace(/^.*\./, '') ?? '';
    api = among.find((known) => known === name) ?? api;
  }
  return api;
}

function isNodes(frame: Named): boolean {
  return frame.getFileName()?.startsWith('node:') === true;
}
