import type { ThreadEntity } from '../../state/entities.ts';
import { firstLine, type Incident, isThrown } from '../../state/incidents.ts';
import type { Finding } from '../../types/index.ts';
import { placeOf } from '../kit/ends.ts';
import { notedFinding, type Place, startedPlaces } from '../kit/noted.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';
import { endedWords } from '../kit/words.ts';

/** Who writes to the stdin of a child that has ended gets EPIPE; without an 'error' listener on it that is the writer's end too. */
export const pipeBroken: Rule = {
  kind: 'pipe-broken',
  summary: 'A process ended by EPIPE: it wrote to a child that had ended already.',
  blocks: 'never',
  outlives: true,
  thresholds: {},
  check(context) {
    const findings: Finding[] = [];
    for (const process of context.world.processes.all) {
      for (const thread of process.threads.values()) {
        const thrown = thread.incidents.find(
          (incident) =>
            isThrown(incident) && (incident.told.code === 'EPIPE' || /\bEPIPE\b/.test(incident.told.message)),
        );
        if (thrown !== undefined) findings.push(say(context, thrown));
      }
    }
    return findings;
  },
};

function say(context: RuleContext, thrown: Incident): Finding {
  const { thread } = thrown;
  const name = thread.process.name;
  const readers = endedReaders(thread, thrown.time);
  const ends = readers.map((reader) => endedWords({ thread: reader, task: 0 })).join(', ');
  return notedFinding(context, {
    certainty: 'certain',
    blocking: false,
    title: `${name} ended by EPIPE: ${ends === '' ? 'whoever read from it had ended' : `${ends} before everything was written to it`}`,
    time: thrown.time,
    processes: [...readers.map(({ process }) => process), thread.process],
    places: [
      placeOf(thrown),
      ...writePlaces(thread),
      ...readers.flatMap(({ process }) => startedPlaces(process)),
    ],
    explanation: `${name} wrote into a pipe that nobody had open for reading any more (${firstLine(thrown.told.message)}), and had no 'error' listener on that stream.`,
    fix: "Listen for 'error' on child.stdin (stream.pipeline does), and stop writing when the child has exited.",
    key: thread.id,
  });
}

/** Children whose stdin the thread wrote to, and that had ended by then. */
function endedReaders(thread: ThreadEntity, time: number): ThreadEntity[] {
  const ended = [...thread.process.children].filter(({ end }) => end !== null && end <= time);
  return ended.flatMap(({ main }) => (main === null ? [] : [main]));
}

function writePlaces(thread: ThreadEntity): Place[] {
  return [...thread.uses.values()]
    .filter(({ resource, lastSendSite }) => resource.kind === 'stdio' && lastSendSite !== 0)
    .map((use) => ({
      role: 'sent',
      thread,
      resource: use.resource,
      site: use.lastSendSite,
      time: use.lastSendTime,
    }));
}
