import { duration } from '../../../base/units.ts';
import { processName } from '../../state/names.ts';
import type { Finding } from '../../types/index.ts';
import { channels, idle, isIdle } from '../kit/idle.ts';
import { createdPlaces, notedFinding } from '../kit/noted.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, listWords, resourceWords } from '../kit/words.ts';

/** Nothing is left but message ports and workers that themselves only wait for messages. */
export const portKeepsAlive: Rule = {
  kind: 'port-keeps-alive',
  summary: 'A process does not exit because of message ports or idle worker threads.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['pipe-no-eof'],
  check(context) {
    const { world, graph } = context;
    const findings: Finding[] = [];
    for (const process of world.processes.all) {
      const main = idle(process);
      if (main === null || main.quiescent === null) continue;
      const workers = [...process.threads.values()].filter((thread) => thread !== main && thread.alive);
      if (workers.some((worker) => !isIdle(worker))) continue;
      // A port has a direction each way, and keeps alive where messages may come.
      const ports = channels(main, ['port', 'broadcast']).filter((port) => {
        const use = main.uses.get(port);
        return use === undefined || !use.counted || use.readers > 0;
      });
      const { handles, time } = main.quiescent;
      // A server or a socket beside them would be counted too, and is a reason to live.
      if (handles > ports.length + workers.length || ports.length + workers.length === 0) continue;
      const since = Math.max(time, ...workers.map((worker) => worker.quiescent?.time ?? 0));
      if (!graph.lasted(since)) continue;
      const name = processName(process);
      const what = [
        ...(workers.length > 0 ? [countWords(workers.length, 'idleWorker')] : []),
        ...(ports.length > 0 ? [countWords(ports.length, 'openPort')] : []),
      ];
      findings.push(
        notedFinding(context, {
          certainty: 'suspected',
          blocking: true,
          title: `${name} does not exit: ${listWords(what)} ${handles === 1 ? 'keeps' : 'keep'} it alive`,
          time: since,
          processes: [process],
          resources: ports,
          places: ports.flatMap(createdPlaces),
          explanation: `All threads of ${name} have been idle for ${duration(context.now - since)}, without timers and waits; what keeps it alive is ${listWords(what)}${ports.length > 0 ? ` (${listWords(ports.map((port) => resourceWords(world, port)))})` : ''}.`,
          fix: 'Close the port or unref() it, terminate() the worker, or take the message listener away, when there is no more work.',
        }),
      );
    }
    return findings;
  },
};
