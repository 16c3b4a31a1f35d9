import { bytes } from '../../../base/units.ts';
import type { Incident } from '../../state/incidents.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { placeOf } from '../kit/ends.ts';
import { notedFinding, type Place } from '../kit/noted.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';
import { resourceWords } from '../kit/words.ts';

/** Node writes into pipes later on; `process.exit` does not wait for that. */
export const outputLost: Rule = {
  kind: 'output-lost',
  summary: 'A process ended with output that it had not written yet.',
  blocks: 'never',
  outlives: true,
  thresholds: {},
  check(context) {
    const findings: Finding[] = [];
    for (const process of context.world.processes.all) {
      for (const thread of process.threads.values()) {
        const lost = thread.incidents.filter(
          ({ what, told }) => what === 'unwritten' && (told.value ?? 0) > 0,
        );
        const [first] = lost;
        if (first !== undefined) findings.push(say(context, first, lost));
      }
    }
    return findings;
  },
};

function say(context: RuleContext, first: Incident, lost: readonly Incident[]): Finding {
  const { world } = context;
  const { thread } = first;
  const name = thread.process.name;
  const exit = thread.incidents.findLast(({ what }) => what === 'exitCalled');
  const sum = lost.reduce((all, { told }) => all + (told.value ?? 0), 0);
  const channels = lost.flatMap(({ resource }) => (resource === null ? [] : [resource]));
  const [where] = channels;
  const at = exit === undefined ? '' : placeText(world.sites.view(exit.site));
  const places: Place[] = [...(exit === undefined ? [] : [placeOf(exit)]), ...lost.map(placeOf)];
  const use = where === undefined ? undefined : thread.uses.get(where);
  if (use !== undefined && use.lastSendSite !== 0)
    places.push({
      role: 'sent',
      thread,
      resource: use.resource,
      site: use.lastSendSite,
      time: use.lastSendTime,
    });
  return notedFinding(context, {
    certainty: 'certain',
    blocking: false,
    title: `${name} ended before ${bytes(sum)} of its output were written`,
    time: first.time,
    processes: [thread.process],
    resources: channels,
    places,
    explanation: `When ${name} ended${at === '' ? '' : ` by process.exit at ${at}`}, ${bytes(sum)} that it had written to ${where === undefined ? 'its stdout or stderr' : resourceWords(world, where)} still stood in its own memory: the pipe was full, and Node writes the rest later. Whoever reads it gets a cut output.`,
    fix: 'Set process.exitCode and let the process end by itself; or wait for the callback of the last write() before process.exit().',
    key: thread.id,
  });
}
