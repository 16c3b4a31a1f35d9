import { KIND } from '../../../trace/records.ts';
import type { Finding } from '../../types.ts';
import { processName } from '../../views/names.ts';
import { notedFinding, startedPlaces } from '../noted.ts';
import type { Rule } from '../rule.ts';
import { resourceWords, timeWords } from '../words.ts';

/** A child writes into a stdio pipe that is full, and its parent, though free, does not read. */
export const stdoutNotDrained: Rule = (context) => {
  const { world, graph } = context;
  const findings: Finding[] = [];
  for (const resource of world.resources) {
    if (resource.kind !== 'stdio') continue;
    for (const use of resource.uses) {
      const blocked = [...resource.waiters].find(
        (wait) => wait.thread === use.thread && wait.kind === KIND.waitSend,
      );
      const since = use.backpressureSince ?? blocked?.since ?? null;
      if (since === null || !use.thread.alive || use.thread.process.parent === null) continue;
      const parent = use.thread.process.parent;
      // A parent that is blocked itself is the cause then, and its own finding.
      if (!parent.alive || parent.main === null || parent.main.syncWait !== null || !graph.lasted(since))
        continue;
      const reads = resource.uses.some((other) => other.thread.process === parent && other.received > 0);
      findings.push(
        notedFinding(world, {
          kind: 'stdout-not-drained',
          certainty: 'suspected',
          blocking: true,
          title: `${processName(parent)} does not read ${resourceWords(world, resource)} of ${processName(use.thread.process)}`,
          time: since,
          processes: [use.thread.process, parent],
          resources: [resource],
          places: [
            {
              role: 'sent',
              thread: use.thread,
              resource,
              site: blocked?.site ?? use.lastSendSite,
              time: since,
            },
            ...startedPlaces(use.thread.process),
          ],
          explanation: `${processName(use.thread.process)} has had more to write than the pipe holds for ${timeWords(context.now - since)}, and ${processName(parent)} ${reads ? 'has stopped reading' : 'never read from it'}.`,
          fix: "Read the child's stdout and stderr (on 'data', pipe(), resume()), or start it with stdio 'ignore' or 'inherit'.",
        }),
      );
    }
  }
  return findings;
};
