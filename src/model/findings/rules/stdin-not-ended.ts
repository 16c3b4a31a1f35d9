import { duration } from '../../../base/units.ts';
import type { SourceKind } from '../../../trace/format/definitions.ts';
import { KIND } from '../../../trace/format/records.ts';
import { parseStdioKey, stdioKey } from '../../../trace/format/stdio-key.ts';
import type { ChildEntity, ProcessEntity, ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import type { Finding } from '../../types/index.ts';
import { endAwaiters } from '../kit/awaited-ends.ts';
import { unique } from '../kit/finding.ts';
import { notedFinding, startedPlaces, waitPlace } from '../kit/noted.ts';
import { createdPlaces } from '../kit/places.ts';
import { hasOutside, restingSources } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';

/** The parent waits for the end of a child that reads its stdin, and nobody has ended that. */
export const stdinNotEnded: Rule = {
  kind: 'stdin-not-ended',
  summary:
    'A child reads its stdin until that ends, and its parent, which waits for the child, has not ended it.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['stdout-not-drained'],
  check(context) {
    const findings: Finding[] = [];
    const done = new Set<ChildEntity>();
    for (const { parent, child } of awaiters(context.world)) {
      const stdin = done.has(child) ? null : openStdin(parent, child);
      const reader = stdin === null ? null : readerOf(context.world, stdin);
      if (stdin === null || reader === null) continue;
      const through = reader.process === child.process ? null : spawnWait(child);
      const since = Math.max(parent.quiescent?.since ?? 0, reader.since, through?.since ?? 0);
      if (!context.graph.lasted(since)) continue;
      done.add(child);
      const threads = [
        parent,
        ...reader.process.threads.values(),
        ...(through === null ? [] : [through.thread]),
      ];
      for (const thread of threads) context.explained.add(thread);
      findings.push(say(context, { parent, stdin, reader, through, since }));
    }
    return findings;
  },
};

interface Awaiter {
  readonly parent: ThreadEntity;
  readonly child: ChildEntity;
}

/**
 * Threads that rest until a child ends; or that hear of nobody but a child, which stands still until one of its own ends and can say
 * nothing meanwhile.
 */
function* awaiters(world: World): Iterable<Awaiter> {
  for (const { parent, children } of endAwaiters(world))
    for (const { child } of children) if (child !== null) yield { parent, child };
  for (const parent of world.resting) {
    const sources = restingSources(parent);
    if (sources === null || parent.waits.size > 0 || hasOutside(sources)) continue;
    const [child = null, another] = new Set(
      sources.filter(({ told }) => told.ref).map((source) => source.child),
    );
    if (child !== null && another === undefined && spawnWait(child) !== null) yield { parent, child };
  }
}

/** The synchronous spawn in which a child stands, for as long as that takes. */
function spawnWait({ process }: ChildEntity): Wait | null {
  const wait = process?.main?.syncWait ?? null;
  return wait?.kind === KIND.waitSyncSpawn && wait.timeoutMs === null ? wait : null;
}

/** The stdin pipe of a child that its parent has made and not ended. */
function openStdin(parent: ThreadEntity, child: ChildEntity): ResourceEntity | null {
  for (const { resource, writers, disconnectedAt } of parent.uses.values()) {
    const key = resource.kind === 'stdio' ? parseStdioKey(resource.key) : undefined;
    if (key?.spawnKey !== child.spawnKey || !resource.key.endsWith(':0')) continue;
    const full = [...parent.uses.values()].some(
      (use) => use.resource === resource && use.backpressureSince !== null,
    );
    if (writers > 0 && disconnectedAt === null && !full) return resource;
  }
  return null;
}

interface Reader {
  readonly process: ProcessEntity;
  readonly since: number;
  /** It is traced, and rests with a listener on its stdin; else it only seems to wait. */
  readonly seen: boolean;
}

/** Who reads the pipe: a process that says so, else the one that was started with it and does nothing. */
function readerOf(world: World, stdin: ResourceEntity): Reader | null {
  for (const thread of world.resting) {
    const found = thread === stdin.createdBy ? undefined : restingReader(thread, stdin, ['ipc']);
    if (found !== undefined) return found;
  }
  const child = world.processes.childOf(parseStdioKey(stdin.key)?.spawnKey ?? '');
  const process = child?.process ?? null;
  return process === null ? null : readingBelow(world, process);
}

/**
 * A process that reads this stdin and does nothing else: the child itself, where it is not traced and sleeps in a read of it, or
 * whoever it or its shell has started with the same one. Whoever was given a pipe of their own reads that.
 */
function readingBelow(world: World, process: ProcessEntity): Reader | null {
  if (process.alive && !process.instrumented && process.reads === 0)
    return { process, since: process.start, seen: false };
  // Whoever waits otherwise may do something about it.
  const stands = process.child !== null && spawnWait(process.child) !== null;
  for (const child of process.children) {
    const own =
      child.child === null ? undefined : world.resourceByKey.get(stdioKey(child.child.spawnKey, 0, 'down'));
    if (own !== undefined && own.createdBy !== null) continue;
    const main = stands && child.alive ? child.main : null;
    const reader = main !== null && own !== undefined ? restingReader(main, own, []) : null;
    const found = reader ?? readingBelow(world, child);
    if (found !== null) return found;
  }
  return null;
}

/**
 * A thread that rests with nothing but this stdin, to which it listens, and what is of the kinds `besides`. `null`: it has that
 * stdin, and does not; `undefined`: it does not rest, or has it not.
 */
function restingReader(
  thread: ThreadEntity,
  stdin: ResourceEntity,
  besides: readonly SourceKind[],
): Reader | null | undefined {
  const sources = restingSources(thread);
  const source = sources?.find(({ kind, resource }) => kind === 'stdio' && resource === stdin);
  if (source === undefined) return undefined;
  const others = sources?.some(({ kind, told }) => told.ref && kind !== 'stdio' && !besides.includes(kind));
  if (others || source.told.listens === false) return null;
  return { process: thread.process, since: thread.quiescent?.since ?? 0, seen: true };
}

interface Open {
  readonly parent: ThreadEntity;
  readonly stdin: ResourceEntity;
  readonly reader: Reader;
  /** The synchronous spawn of the reader in which the child stands. */
  readonly through: Wait | null;
  readonly since: number;
}

function say(context: RuleContext, { parent, stdin, reader, through, since }: Open): Finding {
  const { now } = context;
  const name = reader.process.name;
  const owner = parent.process.name;
  const between = through?.thread.process ?? reader.process;
  const sent = parent.uses.get(stdin)?.sentBytes ?? 0;
  const written = sent === 0 ? 'has written nothing to it' : `has written ${sent} bytes to it`;
  const state = reader.seen
    ? `${name} rests and listens to its stdin only`
    : `${name}, which is not traced, sleeps in a read of its stdin`;
  const still =
    through === null
      ? ''
      : ` ${between.name}, whose stdin it is, stands still in a synchronous spawn until then.`;
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${name} seems to wait for the end of its stdin, and ${owner}, which waits for ${between.name}, has not ended it`,
    time: since,
    processes: [reader.process, between, parent.process],
    resources: [stdin],
    places: [
      ...createdPlaces(stdin),
      ...(through === null ? [] : [waitPlace(through)]),
      ...unique([between, reader.process]).flatMap(startedPlaces),
    ],
    explanation: `${state}, for ${duration(now - since)}. Its stdin is a pipe that ${owner} has open; it ${written} and has not called end().${still} ${owner} rests until ${between.name} ${through === null ? 'ends' : 'says something or ends'}.`,
    fix: `Call child.stdin.end() when all is written, or start the child with stdio ['ignore', …] where it needs no input.`,
  });
}
