import { duration } from '../../../base/units.ts';
import { parseStdioKey } from '../../../trace/format/stdio-key.ts';
import type { ProcessEntity, ThreadUse } from '../../state/entities.ts';
import type { Incident } from '../../state/incidents.ts';
import type { SourceEntity } from '../../state/sources.ts';
import type { Finding } from '../../types/index.ts';
import { endSentence, english } from '../../words/index.ts';
import { placeOfSource } from '../kit/awaited-ends.ts';
import { placeOf } from '../kit/ends.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import { hasOutside, hears, restingSources } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords, resourceWords } from '../kit/words.ts';

/** `close` comes when a child has ended and all its streams are closed. Here nobody below the child holds them open. */
export const closeMissing: Rule = {
  kind: 'close-missing',
  summary: 'A child has exited and its `close` does not come, though nothing that it started is left.',
  blocks: 'sometimes',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['grandchild-holds-pipe'],
  check(context) {
    const findings: Finding[] = [];
    for (const thread of context.world.resting) {
      const sources = restingSources(thread) ?? [];
      for (const source of sources) {
        const process = source.child?.process ?? null;
        if (source.kind !== 'child' || process === null || process.alive || !hears(source, 'close')) continue;
        if (hasLivingBelow(process) || !context.graph.lasted(process.end ?? 0)) continue;
        const why = reasonOf(context, source, process, sources);
        if (why !== null) findings.push(say(context, source, process, why, !hasOutside(sources)));
      }
    }
    return findings;
  },
};

interface Why {
  readonly words: string;
  readonly fix: string;
  readonly called: Incident | null;
}

/** What is known of the streams of the child; `null`: they may still be read, slowly. */
function reasonOf(
  { world }: RuleContext,
  { thread, child }: SourceEntity,
  process: ProcessEntity,
  sources: readonly SourceEntity[],
): Why | null {
  const open: ThreadUse[] = [];
  for (const use of thread.uses.values()) {
    const { kind, key } = use.resource;
    const parsed = kind === 'stdio' ? parseStdioKey(key) : undefined;
    const isOutput = parsed?.way === 'up' && parsed.spawnKey === child?.spawnKey;
    if (isOutput && use.readers > 0 && use.disconnectedAt === null) open.push(use);
  }
  const name = process.name;
  if (open.length > 0) {
    const channels = listWords(open.map(({ resource }) => resourceWords(world, resource)));
    // A timer may go on reading.
    if (sources.some(({ kind }) => kind === 'timer')) return null;
    return {
      words: `${channels} is still open: it was not read to its end, or somebody of whom the trace does not know has it too.`,
      fix: "Read the output to its end (or `resume()` it), or wait for 'exit' instead of 'close'.",
      called: null,
    };
  }
  const called =
    thread.incidents.find(
      ({ what, resource }) =>
        what === 'disconnectCalled' && resource?.uses.some((use) => use.thread.process === process) === true,
    ) ?? null;
  return {
    words:
      called === null
        ? 'Of its streams none is known to be open.'
        : `${thread.process.name} called disconnect() before: Node counts the channel among what must be closed, and may not notice that it was.`,
    fix: `Wait for 'exit' of ${name} instead of 'close'${called === null ? '' : ', or let the child call process.disconnect()'}.`,
    called,
  };
}

function say(
  context: RuleContext,
  source: SourceEntity,
  process: ProcessEntity,
  why: Why,
  blocking: boolean,
): Finding {
  const { thread } = source;
  const { code = null, signal = null } = process.exit ?? {};
  const ended = endSentence(english, process.name, { exitCode: code, signal });
  return notedFinding(context, {
    certainty: 'suspected',
    blocking,
    title: `${ended}, but its 'close', for which ${thread.process.name} listens, does not come`,
    time: process.end ?? 0,
    processes: [thread.process, process],
    places: [
      placeOfSource(source),
      ...(why.called === null ? [] : [{ ...placeOf(why.called), role: 'ended' as const }]),
      ...startedPlaces(process),
    ],
    explanation: `'close' comes when a child has exited and all its streams are closed. ${process.name} exited ${duration(context.now - (process.end ?? 0))} ago. ${why.words}`,
    fix: why.fix,
  });
}

function hasLivingBelow(process: ProcessEntity): boolean {
  for (const child of process.children) if (child.alive || hasLivingBelow(child)) return true;
  return false;
}
