import { duration } from '../../../base/units.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import { firstLine } from '../../state/incidents.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { notedFinding } from '../kit/noted.ts';
import { type OpenRequest, openRequests, requestPlace } from '../kit/requests.ts';
import { hearsFromWorking, restsOnProgram } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { threadWords } from '../kit/words.ts';

/** A message could not be sent (it has a function in it, its channel was closed), and whoever waits for one rests. */
export const sendFailed: Rule = {
  kind: 'send-failed',
  summary: 'A message could not be sent, and a thread that waits for one from there rests.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['request-unanswered'],
  check(context) {
    const findings: Finding[] = [];
    for (const thread of context.world.resting) {
      if (context.explained.has(thread) || !restsOnProgram(thread)) continue;
      for (const request of openRequests(context.world, thread)) {
        const failed = failedAnswer(request);
        if (failed === undefined) continue;
        const proven = context.graph.stuckMember(context.graph.unit(thread, 0)) !== null;
        const lasted = context.graph.lasted(thread.quiescent?.since ?? 0);
        if (!proven && (!lasted || hearsFromWorking(context, thread, [failed.thread]))) continue;
        context.explained.add(thread).add(failed.thread);
        findings.push(say(context, thread, request, failed));
        break;
      }
    }
    return findings;
  },
};

/** A message that was not sent, and where and when that failed. */
interface Failure {
  readonly thread: ThreadEntity;
  readonly site: number;
  readonly time: number;
  /** Why, in words. */
  readonly why: string;
}

/** The last thing that the other side tried to send since the request, and could not. */
function failedAnswer({ to, time }: OpenRequest): Failure | undefined {
  const failures = to.flatMap((thread): Failure[] => [
    ...thread.incidents
      .filter(({ what }) => what === 'sendFailed')
      .map((incident) => ({
        thread,
        site: incident.site,
        time: incident.time,
        why: firstLine(incident.told.message),
      })),
    ...[...thread.uses.values()]
      .filter(({ rejected }) => rejected > 0)
      .map(({ rejectedSite, rejectedTime }) => ({
        thread,
        site: rejectedSite,
        time: rejectedTime,
        why: 'it could not be cloned, or its channel was closed',
      })),
  ]);
  return failures.filter((failure) => failure.time >= time).sort((a, b) => b.time - a.time)[0];
}

function say(context: RuleContext, waiter: ThreadEntity, request: OpenRequest, failed: Failure): Finding {
  const { world, now } = context;
  const [who, by] = [threadWords(waiter), threadWords(failed.thread)];
  const at = placeText(world.sites.view(failed.site));
  const asked = placeText(world.sites.view(request.site));
  const since = waiter.quiescent?.since ?? failed.time;
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${by} could not send its answer (${failed.why}), and ${who} waits for it`,
    time: since,
    processes: [failed.thread.process, waiter.process],
    resources: [request.use.resource],
    places: [
      {
        role: 'sent',
        thread: failed.thread,
        resource: request.use.resource,
        site: failed.site,
        time: failed.time,
      },
      requestPlace(request),
    ],
    explanation: `Sending${at === '' ? '' : ` at ${at}`} threw: ${failed.why}. ${who} sent its request${asked === '' ? '' : ` at ${asked}`} before that, has heard nothing since, and has rested for ${duration(now - since)}.`,
    fix: 'Send only what can be cloned (no functions, no class instances with private state), and answer with an error where sending throws, so that nobody waits for ever.',
  });
}
