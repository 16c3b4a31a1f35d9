import { duration } from '../../../base/units.ts';
import type { Wait } from '../../state/entities.ts';
import { processName } from '../../state/names.ts';
import type { Finding } from '../../types/index.ts';
import { awaitedEnd, channels, idle } from '../kit/idle.ts';
import { notedFinding, startedPlaces, waitPlace } from '../kit/noted.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';

/** The child has nothing left but its IPC channel, and the parent waits for its end. An idle worker that still gets work is not it. */
export const ipcKeepsAlive: Rule = {
  kind: 'ipc-keeps-alive',
  summary: 'A child has nothing left but its IPC channel, and its parent waits for its end.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lost-notify'],
  check(context) {
    const { world, graph, claimed } = context;
    const findings: Finding[] = [];
    for (const process of world.processes.all) {
      const main = idle(process);
      if (main === null) continue;
      const ipc = channels(main, ['ipc']);
      // Both directions of one channel are one handle.
      if (ipc.length === 0 || main.quiescent?.handles !== 1) continue;
      const waits = awaitedEnd(world, process).filter((wait) => !claimed.has(wait));
      if (waits.length === 0) continue;
      const since = Math.max(
        main.quiescent.time,
        ...waits.map((wait) => wait.thread.quiescent?.time ?? wait.since),
      );
      if (!graph.lasted(since)) continue;
      for (const wait of waits) claimed.add(wait);
      const name = processName(process);
      const parent = processName((waits[0] as Wait).thread.process);
      findings.push(
        notedFinding(context, {
          certainty: 'suspected',
          blocking: true,
          title: `${name} is kept alive by its IPC channel only, and ${parent} waits for its end`,
          time: since,
          processes: [process, ...waits.map((wait) => wait.thread.process)],
          resources: ipc,
          places: [...waits.map(waitPlace), ...startedPlaces(process)],
          explanation: `${name} has been idle for ${duration(context.now - since)}: no timer, no wait, one handle, its IPC channel, which nobody has disconnected. ${parent} has nothing else to do either.`,
          fix: `Call process.disconnect() in ${name} when it is done (or subprocess.disconnect() in ${parent}), or take its 'message' listener away.`,
        }),
      );
    }
    return findings;
  },
};
