import { duration } from '../../../base/units.ts';
import { KIND } from '../../../trace/format/records.ts';
import { parseStdioKey } from '../../../trace/format/stdio-key.ts';
import type { ProcessEntity, ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import { sourceDoes } from '../../state/source-words.ts';
import type { SourceEntity } from '../../state/sources.ts';
import { isMade, stdioEnds } from '../../state/stdio.ts';
import type { Finding } from '../../types/index.ts';
import { placesOfSource } from '../kit/awaited-ends.ts';
import { circles } from '../kit/cycles.ts';
import { notedFinding, startedPlaces, waitPlace } from '../kit/noted.ts';
import { restingSources } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords, resourceWords } from '../kit/words.ts';

const FIX_UP =
  "Read the child's stdout and stderr (on 'data', pipe(), resume()), or start it with stdio 'ignore' or 'inherit'.";
const FIX_DOWN =
  "Read process.stdin in the child, or destroy it there, or write no more than the child reads: wait for 'drain' when write() says false.";
export const stdoutNotDrained: Rule = {
  kind: 'stdout-not-drained',
  summary: 'A process has more to write than a stdio pipe holds, and the other end does not read.',
  blocks: 'sometimes',
  outlives: true,
  thresholds: {
    suspectAfter: SUSPECT_AFTER,
    busyCpu: { value: 5, unit: '%', summary: 'of one core: a child that uses more computes' },
  },
  yieldsTo: ['self-deadlock'],
  check: (context) => [...inCircles(context), ...unproven(context)],
};

/** The writer waits for room in a pipe, and its reader, which has stopped reading, waits for the writer's end. */
const inCircles = circles((context, { links, stuck }) => {
  const link = links.find(({ wait }) => wait.kind === KIND.waitSend && wait.resource?.kind === 'stdio');
  const resource = link?.wait.resource;
  const reader = link?.blockers[0]?.thread.process;
  if (!link || !resource || !reader) return null;
  if (stuck.certainty === 'suspected' && reads(resource)) {
    // It has read, and pauses: a slow reader, which is no other finding either.
    for (const { wait } of links) context.claimed.add(wait);
    return null;
  }
  const writer = link.unit.thread.process;
  return {
    title: title(context, resource, reader),
    reason: `${writer.name} has more to write than the pipe holds and cannot end before that is read. ${reader.name} has stopped reading, and nothing but the end of its children could wake it.`,
    fix: fixOf(resource),
  };
});

/** Not proven: the reader has other things to do, or what the child does is not known. */
function unproven(context: RuleContext): Finding[] {
  const findings: Finding[] = [];
  for (const resource of context.world.resources) {
    if (resource.kind !== 'stdio' || !isMade(context.world, resource)) continue;
    const finding = standing(context, resource) ?? unread(context, resource);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}

/** Something was taken out of the reader's buffer. */
function reads(resource: ResourceEntity): boolean {
  return resource.uses.some((use) => use.readers > 0 && !use.unread);
}

/** A writer that is traced has waited for long for one who never began to read. */
function standing(context: RuleContext, resource: ResourceEntity): Finding | null {
  const wait = [...resource.waiters].find((w) => w.kind === KIND.waitSend && w.thread.alive);
  if (wait === undefined || context.claimed.has(wait) || !context.graph.lasted(wait.since)) return null;
  const { reader, child } = stdioEnds(context.world, resource);
  if (!isFree(context, reader) || reads(resource) || (reader === child && !rests(reader.main))) return null;
  context.claimed.add(wait);
  const writer = wait.thread.process;
  const evidence = `${writer.name} has had more to write than the pipe holds for ${duration(context.now - wait.since)}, and ${reader.name} never read from it.`;
  const awaited =
    reader === child ? (restingSources(reader.main) ?? []).filter(({ heard }) => heard !== 0) : [];
  return noted(context, resource, {
    reader,
    writer,
    evidence:
      awaited.length === 0
        ? evidence
        : `${evidence} ${reader.name} ${listWords(awaited.map(sourceDoes))}: perhaps it would read then.`,
    since: wait.since,
    blocking: true,
    wait,
    awaited,
  });
}

/** The reader has never taken anything out of its full buffer, and the child, which cannot tell, does not seem to run. */
function unread(context: RuleContext, resource: ResourceEntity): Finding | null {
  const use = resource.uses.find((u) => u.readers > 0 && u.unread && u.thread.alive);
  const since = use?.backpressureSince ?? null;
  const { reader, writer } = stdioEnds(context.world, resource);
  if (use === undefined || since === null || writer === null || writer.main === use.thread) return null;
  if (!isFree(context, reader) || !context.graph.lasted(since) || !seemsBlocked(context, writer)) return null;
  const blocking = [...use.thread.waits.values()].some((w) => w.kind === KIND.waitChild);
  const [by, to] = [writer.name, reader.name];
  const lasts = duration(context.now - since);
  const evidence = `${to} has taken nothing of the ${use.receivedBytes} bytes that have arrived in its buffer, which has been full for ${lasts}. ${by} stands still as soon as the pipe is full too; it does not seem to run.`;
  return noted(context, resource, { reader, writer, evidence, since, blocking });
}

/** One that is blocked itself, or whose own output stands still, is the cause then, and its own finding. */
function isFree(
  { certain, suspected, graph }: RuleContext,
  reader: ProcessEntity | null,
): reader is ProcessEntity {
  if (reader?.alive !== true || reader.main == null || reader.main.syncWait !== null) return false;
  const unit = graph.unit(reader.main, 0);
  if (certain.units.has(unit) || suspected.units.has(unit)) return false;
  for (const { kind, resource } of reader.main.waits.values()) {
    if (kind !== KIND.waitSend || resource?.kind !== 'stdio') continue;
    if (parseStdioKey(resource.key)?.way === 'up') return false;
  }
  return true;
}

/** Of a child that is not traced only its use of the processor tells; one that is would have said that it rests. */
function seemsBlocked(context: RuleContext, child: ProcessEntity): boolean {
  if (!child.alive || (child.cpu ?? 0) > context.threshold('busyCpu')) return false;
  if (child.main === null) return !child.instrumented;
  return child.main.waits.size === 0 && !rests(child.main);
}
function rests(main: ThreadEntity | null): boolean {
  if (main === null) return false;
  return main.quiescent !== null || (main.keptAlive !== null && main.keptAlive.time >= main.lastTime);
}

function fixOf(resource: ResourceEntity): string {
  return parseStdioKey(resource.key)?.way === 'down' ? FIX_DOWN : FIX_UP;
}

interface What {
  readonly reader: ProcessEntity;
  readonly writer: ProcessEntity;
  readonly evidence: string;
  readonly since: number;
  readonly blocking: boolean;
  readonly wait?: Wait;
  /** What the reader waits for in place of reading. */
  readonly awaited?: readonly SourceEntity[];
}

function noted(context: RuleContext, resource: ResourceEntity, what: What): Finding {
  const { reader, writer, evidence, since, blocking, wait, awaited = [] } = what;
  const { child } = stdioEnds(context.world, resource);
  return notedFinding(context, {
    certainty: 'suspected',
    blocking,
    title: title(context, resource, reader),
    time: since,
    processes: [writer, reader],
    resources: [resource],
    places: [
      ...(wait ? [waitPlace(wait)] : []),
      ...awaited.flatMap(placesOfSource),
      ...(child ? startedPlaces(child) : []),
    ],
    explanation: evidence,
    fix: fixOf(resource),
  });
}

function title({ world }: RuleContext, resource: ResourceEntity, reader: ProcessEntity): string {
  const isChild = stdioEnds(world, resource).child === reader;
  const whose = isChild ? `its ${resource.name}` : resourceWords(world, resource);
  return `${reader.name} does not read ${whose}`;
}
