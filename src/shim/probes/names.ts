import { subscribe } from 'node:diagnostics_channel';
import { CHANNEL_VERSION, NAMED_CHANNEL, type NamedEvent } from '../../base/channels.ts';
import { renameProcess, tellTitle } from '../children/description.ts';
import type { Probe } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { natives } from '../core/natives.ts';

/** When the title is looked at, ms after the start; once more at the end of the process. Programs set it early. */
const LOOKS_MS = [100, 2000];

/** What the program calls its process while it runs: `nameProcess()` of the runtime, and `process.title`. */
export const names: Probe = {
  name: 'names',
  install(shim) {
    if (shim.thread.threadId !== 0) return;
    const { recorder } = shim;
    subscribe(NAMED_CHANNEL, (message) =>
      guarded(shim, 'names', () => {
        const { v, name } = message as NamedEvent;
        if (v === CHANNEL_VERSION && typeof name === 'string') renameProcess(recorder, name);
      }),
    );
    for (const ms of LOOKS_MS) natives.later(() => guarded(shim, 'names', () => tellTitle(recorder)), ms);
  },
};
