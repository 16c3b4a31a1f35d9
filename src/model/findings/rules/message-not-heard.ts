import { duration } from '../../../base/units.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { notedFinding } from '../kit/noted.ts';
import { type OpenRequest, openRequests, requestPlace } from '../kit/requests.ts';
import { hearsFromWorking, restingSources, restsOnProgram } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, resourceWords, threadWords } from '../kit/words.ts';

/** Messages have arrived at a thread that has no listener for them, and their sender rests too. */
export const messageNotHeard: Rule = {
  kind: 'message-not-heard',
  summary: 'A message lies at a thread that has no listener for it, and its sender rests.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['request-unanswered'],
  check(context) {
    const findings: Finding[] = [];
    for (const thread of context.world.resting) {
      if (thread.waits.size > 0 || !restsOnProgram(thread)) continue;
      for (const request of openRequests(context.world, thread)) {
        const deaf = request.to.find((to) => isDeaf(to, request));
        if (deaf === undefined) continue;
        const since = Math.max(thread.quiescent?.since ?? 0, deaf.quiescent?.since ?? 0);
        if (!context.graph.lasted(since) || hearsFromWorking(context, thread, [deaf])) continue;
        context.explained.add(thread).add(deaf);
        findings.push(say(context, request, deaf, since));
        break;
      }
    }
    return findings;
  },
};

/** Does what was sent lie at a thread that has no listener for it? */
function isDeaf(thread: ThreadEntity, { use }: OpenRequest): boolean {
  const sources = restingSources(thread);
  if (sources === null || !lies(use.resource, thread)) return false;
  return !sources.some(({ resource, told }) => resource === use.resource && told.listens !== false);
}

function lies(resource: OpenRequest['use']['resource'], thread: ThreadEntity): boolean {
  const sent = resource.uses.reduce((sum, use) => sum + use.sent, 0);
  return sent > (thread.uses.get(resource)?.received ?? 0);
}

function say(context: RuleContext, request: OpenRequest, deaf: ThreadEntity, since: number): Finding {
  const { world, now } = context;
  const { from, use } = request;
  const [who, to] = [threadWords(from), threadWords(deaf)];
  const count = use.sent - (deaf.uses.get(use.resource)?.received ?? 0);
  const at = placeText(world.sites.view(request.site));
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${to} has no listener for the message that ${who} has sent to it`,
    time: since,
    processes: [from.process, deaf.process],
    resources: [use.resource],
    places: [requestPlace(request)],
    explanation: `${countWords(count, 'message')} of ${who}${at === '' ? '' : `, sent at ${at},`} ${count > 1 ? 'lie' : 'lies'} in ${resourceWords(world, use.resource)}: ${to} does not listen for messages there. Both have rested for ${duration(now - since)}.`,
    fix: `Add the 'message' listener in ${to} before anything is sent to it (for a MessagePort: on('message') or start()), and never take the last one away while answers are awaited.`,
  });
}
