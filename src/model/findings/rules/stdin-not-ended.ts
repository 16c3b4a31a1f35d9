import { duration } from '../../../base/units.ts';
import { parseStdioKey, stdioKey } from '../../../trace/format/stdio-key.ts';
import type { ChildEntity, ProcessEntity, ResourceEntity, ThreadEntity } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import type { Finding } from '../../types/index.ts';
import { endAwaiters } from '../kit/awaited-ends.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import { createdPlaces } from '../kit/places.ts';
import { restingSources } from '../kit/rest.ts';
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
    for (const { parent, children } of endAwaiters(context.world)) {
      for (const { child } of children) {
        const stdin = child === null ? null : openStdin(parent, child);
        const reader = stdin === null ? null : readerOf(context.world, stdin);
        if (child === null || stdin === null || reader === null) continue;
        const since = Math.max(parent.quiescent?.since ?? 0, reader.since);
        if (!context.graph.lasted(since)) continue;
        for (const thread of [parent, ...reader.process.threads.values()]) context.explained.add(thread);
        findings.push(say(context, { parent, child, stdin, reader, since }));
      }
    }
    return findings;
  },
};

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
    const source = restingSources(thread)?.find(
      ({ resource, kind }) => kind === 'stdio' && resource === stdin,
    );
    if (source === undefined || thread === stdin.createdBy) continue;
    const others = restingSources(thread)?.some(
      ({ told, kind }) => told.ref && kind !== 'stdio' && kind !== 'ipc',
    );
    if (others || source.told.listens === false) return null;
    return { process: thread.process, since: thread.quiescent?.since ?? 0, seen: true };
  }
  const child = world.processes.childOf(parseStdioKey(stdin.key)?.spawnKey ?? '');
  const process = child?.process ?? null;
  const below = process === null ? undefined : readingBelow(world, process);
  return below === undefined ? null : { process: below, since: below.start, seen: false };
}

/**
 * A process that is not traced and sleeps in a read of this stdin: the child itself, or whoever it or its shell has started with
 * the same one. Whoever was given a pipe of their own reads that.
 */
function readingBelow(world: World, process: ProcessEntity): ProcessEntity | undefined {
  if (process.alive && !process.instrumented && process.reads === 0) return process;
  for (const child of process.children) {
    const own = child.child === null ? null : stdioKey(child.child.spawnKey, 0, 'down');
    if (own !== null && world.resourceByKey.has(own)) continue;
    const found = readingBelow(world, child);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Open {
  readonly parent: ThreadEntity;
  readonly child: ChildEntity;
  readonly stdin: ResourceEntity;
  readonly reader: Reader;
  readonly since: number;
}

function say(context: RuleContext, { parent, stdin, reader, since }: Open): Finding {
  const { now } = context;
  const name = reader.process.name;
  const owner = parent.process.name;
  const sent = parent.uses.get(stdin)?.sentBytes ?? 0;
  const written = sent === 0 ? 'has written nothing to it' : `has written ${sent} bytes to it`;
  const state = reader.seen
    ? `${name} rests and listens to its stdin only`
    : `${name}, which is not traced, sleeps in a read of its stdin`;
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${name} seems to wait for the end of its stdin, and ${owner}, which waits for ${name}, has not ended it`,
    time: since,
    processes: [reader.process, parent.process],
    resources: [stdin],
    places: [...createdPlaces(stdin), ...startedPlaces(reader.process)],
    explanation: `${state}, for ${duration(now - since)}. Its stdin is a pipe that ${owner} has open; it ${written} and has not called end(). ${owner} rests until ${name} ends.`,
    fix: `Call child.stdin.end() when all is written, or start the child with stdio ['ignore', …] where it needs no input.`,
  });
}
