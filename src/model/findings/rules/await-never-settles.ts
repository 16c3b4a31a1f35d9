import type { OpenAwait } from '../../state/awaits.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import { sourceName } from '../../state/source-words.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { notedFinding } from '../kit/noted.ts';
import { awaitPlaces, awaitWords } from '../kit/open-awaits.ts';
import { restingSources } from '../kit/rest.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';
import { listWords, threadWords } from '../kit/words.ts';

/** Only where the awaits of the program are watched (`--awaits`). */
export const awaitNeverSettles: Rule = {
  kind: 'await-never-settles',
  summary: 'An `await` can never go on: nothing is left that could settle what it awaits.',
  blocks: 'never',
  outlives: true,
  thresholds: {},
  // They tell the lines of a thread that they are about.
  yieldsTo: ['crossed-acks', 'ipc-keeps-alive', 'port-keeps-alive', 'request-unanswered', 'unsettled-await'],
  check(context) {
    const { world, graph, explained } = context;
    const findings: Finding[] = [];
    for (const thread of world.threads) {
      const never = thread.awaits.filter((await_) => await_.never);
      if (never.length === 0 || explained.has(thread)) continue;
      if (thread.alive && graph.stuckMember(graph.unit(thread, 0)) !== null) continue;
      if (thread.incidents.some(({ what }) => what === 'unsettledAwait')) continue;
      findings.push(say(context, thread, never));
    }
    return findings;
  },
};

function say(context: RuleContext, thread: ThreadEntity, never: readonly OpenAwait[]): Finding {
  const who = threadWords(thread);
  const keep = (restingSources(thread) ?? []).filter(({ told }) => told.ref).map(sourceName);
  const many = never.length > 1 || never.some(({ count }) => count > 1);
  const sentences = [
    `The garbage collector has taken what is awaited there: nothing that can still run had a way to it, and so nothing can settle it. The ${many ? 'functions stay' : 'function stays'} there for ever, with all that comes after, their \`finally\` too.`,
    ...(keep.length > 0 ? [`${who} rests, kept alive by ${listWords(keep, 4)}.`] : []),
  ];
  return notedFinding(context, {
    certainty: 'certain',
    blocking: false,
    title: `${who} awaits at ${awaitWords(context.world, never)} what nothing can settle any more`,
    time: Math.min(...never.map(({ since }) => since)),
    processes: [thread.process],
    places: awaitPlaces(thread, never),
    explanation: sentences.join(' '),
    fix: 'Call resolve or reject on every way through the code, also when the work fails or is dropped. Where functions wait for each other (promises as locks), take them in one order; where an answer may never come, await with a limit (AbortSignal.timeout, Promise.race).',
    // Told anew when it is true of another line.
    key: [thread.id, ...never.map(({ site }) => placeText(context.world.sites.view(site)))].join(' '),
  });
}
