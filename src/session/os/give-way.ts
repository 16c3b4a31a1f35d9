import { readdirSync } from 'node:fs';
import os from 'node:os';

/**
 * From now on this process takes what others leave of busy processors: whoever reads a trace can do it a moment later, the
 * program whose trace it is cannot. Processes that it starts afterwards do the same. There is no way back.
 */
export function giveWay(): void {
  const { PRIORITY_BELOW_NORMAL } = os.constants.priority;
  for (const thread of threads()) {
    try {
      if (os.getPriority(thread) < PRIORITY_BELOW_NORMAL) os.setPriority(thread, PRIORITY_BELOW_NORMAL);
    } catch {
      // The thread has ended, or nobody may change priorities here.
    }
  }
}

/** Linux has priorities of threads: 0 is only the one that asks, and V8 compiles and collects on others. */
function threads(): readonly number[] {
  if (process.platform !== 'linux') return [0];
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [0];
  }
}
