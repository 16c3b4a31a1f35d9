import { duration } from '../../../base/units.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { placesHeard } from '../kit/awaited-ends.ts';
import { notedFinding } from '../kit/noted.ts';
import { type OpenRequest, openRequests, requestPlace } from '../kit/requests.ts';
import { restingSources, restsOnProgram } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { threadWords } from '../kit/words.ts';

/** In these native code sleeps until another process lets go of something. What is read may come from a person. */
const SLEEPS: ReadonlySet<string> = new Set(['nanosleep', 'clock_nanosleep', 'flock', 'fcntl']);

/** A thread waits for an answer of one that native code keeps asleep, maybe for what the first one has. */
export const loopInNativeCall: Rule = {
  kind: 'loop-in-native-call',
  summary:
    'A thread rests until an answer comes from one whose loop does not turn: it sleeps in a call of native code.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['request-unanswered', 'message-not-heard'],
  check(context) {
    const findings: Finding[] = [];
    for (const thread of context.world.resting) {
      if (context.explained.has(thread) || thread.waits.size > 0 || !restsOnProgram(thread)) continue;
      for (const request of openRequests(context.world, thread)) {
        const [asked, more] = request.to;
        if (asked === undefined || more !== undefined || !stands(context, asked, request)) continue;
        context.explained.add(thread);
        findings.push(say(context, request, asked));
        break;
      }
    }
    return findings;
  },
};

/** Has it been asleep for long in a call of native code? */
function stands({ graph }: RuleContext, asked: ThreadEntity, { time }: OpenRequest): boolean {
  const { alive, inCall, syncWait, quiescent } = asked;
  if (!alive || syncWait !== null || quiescent !== null) return false;
  // The first look comes a moment later than the call.
  if (!graph.lasted(time)) return false;
  return inCall !== null && SLEEPS.has(inCall.name) && graph.lasted(inCall.since);
}

function say(context: RuleContext, request: OpenRequest, asked: ThreadEntity): Finding {
  const { world, now } = context;
  const { from, use } = request;
  const [who, to] = [threadWords(from), threadWords(asked)];
  const since = asked.inCall?.since ?? request.time;
  const at = placeText(world.sites.view(request.site));
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${who} waits for an answer of ${to}, whose loop does not turn: it sleeps in a native call`,
    time: since,
    processes: [from.process, asked.process],
    resources: [use.resource],
    places: [requestPlace(request), ...(restingSources(from) ?? []).flatMap(placesHeard)],
    explanation: `${who} has sent a message to ${to}${at === '' ? '' : ` at ${at}`} and rests since. For ${duration(now - since)} ${to} has been asleep in a call of native code (system call ${asked.inCall?.name ?? ''}) without using the processor: a module waits there for something, and no callback runs meanwhile.`,
    fix: `Find the synchronous call that ${to} made after it got the message: it may wait for what ${who} holds (a lock of a database or of a file). Let go of that before asking, make the call in a worker thread, or give it a short limit.`,
  });
}
