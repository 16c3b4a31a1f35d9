import { KIND } from '../../../trace/format/records.ts';
import type { ThreadEntity, Wait } from '../../state/entities.ts';
import type { Incident } from '../../state/incidents.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { type DeadThread, unwantedEndsOf } from '../kit/ends.ts';
import { notedFinding, waitPlace } from '../kit/noted.ts';
import { awaitPlaces, awaitWords, openAwaits } from '../kit/open-awaits.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';
import { doesWords, threadWords } from '../kit/words.ts';

/** Node ends with code 13 then: nothing that is left could ever settle what the main module awaits. */
export const unsettledAwait: Rule = {
  kind: 'unsettled-await',
  summary:
    'A process ended in the middle of an `await` at the top level, since nothing kept it alive any more.',
  blocks: 'never',
  outlives: true,
  thresholds: {},
  check(context) {
    const findings: Finding[] = [];
    // What ends so after that has lost what would have settled it to whoever ended the program.
    const until = context.world.ending?.from ?? Number.POSITIVE_INFINITY;
    for (const thread of context.world.threads) {
      const ended = thread.incidents.find(({ what }) => what === 'unsettledAwait');
      if (ended !== undefined && ended.time < until) findings.push(say(context, ended));
    }
    return findings;
  },
};

function say(context: RuleContext, { thread, time }: Incident): Finding {
  const who = threadWords(thread);
  const waits = [...thread.waits.values()];
  const dead = deadWorkers(thread);
  const awaits = openAwaits(thread);
  const sentences = [
    'Nothing kept it alive any more, so nothing could settle what its main module awaited.',
    ...(awaits.length > 0 ? [`At its end it awaited at ${awaitWords(context.world, awaits)}.`] : []),
    ...waits.map((wait) => `At its end ${waitWords(context, who, wait)}.`),
    ...dead.map(({ thread: worker, end }) => `Before, ${threadWords(worker)} ${end.words}.`),
  ];
  return notedFinding(context, {
    certainty: 'certain',
    blocking: false,
    title: `${who} ended in the middle of an await (exit code 13)`,
    time,
    processes: [thread.process],
    places: [
      ...awaitPlaces(thread, awaits),
      ...waits.map(waitPlace),
      ...dead.flatMap(({ end }) => end.places),
    ],
    explanation: sentences.join(' '),
    fix: "Reject or resolve the promise also when the work fails: listen for 'error' and 'exit' of whoever should settle it, or await with a timeout.",
    key: thread.id,
  });
}

function waitWords({ world }: RuleContext, who: string, wait: Wait): string {
  if (wait.kind !== KIND.waitAtomics || wait.sync) return `${who} ${doesWords(world, wait)}`;
  const at = placeText(world.sites.view(wait.site));
  return `nobody had notified what ${who} awaited by Atomics.waitAsync${at === '' ? '' : ` at ${at}`}`;
}

function deadWorkers(thread: ThreadEntity): DeadThread[] {
  const all = [...thread.process.threads.values()];
  return unwantedEndsOf(all.filter((worker) => worker !== thread && worker.child?.owner === thread));
}
