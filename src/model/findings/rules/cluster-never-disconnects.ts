import { duration } from '../../../base/units.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import type { Incident } from '../../state/incidents.ts';
import { sourceName } from '../../state/source-words.ts';
import type { SourceEntity } from '../../state/sources.ts';
import type { Finding } from '../../types/index.ts';
import { placeOfSource } from '../kit/awaited-ends.ts';
import { placeOf } from '../kit/ends.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import { restingSources } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords } from '../kit/words.ts';

/** What a worker that was told to disconnect waits for: its servers are closed, and connections are closed by their clients. */
const KEEPS: ReadonlySet<SourceEntity['kind']> = new Set(['socket', 'pipe', 'server']);

export const clusterNeverDisconnects: Rule = {
  kind: 'cluster-never-disconnects',
  summary: 'A worker of a cluster was told to disconnect, and an open connection keeps it.',
  blocks: 'always',
  outlives: true,
  thresholds: {
    suspectAfter: SUSPECT_AFTER,
    outside: {
      value: 15000,
      unit: 'ms',
      summary: 'the same where a client is not traced: it may have its time',
    },
  },
  check(context) {
    const findings: Finding[] = [];
    for (const thread of context.world.resting) {
      const told = thread.incidents.find(isTold);
      const sources = restingSources(thread);
      const isWorker = thread.process.child?.api === 'cluster';
      if (!isWorker || told === undefined || sources === null || sources.some(isWork)) continue;
      const keep = sources.filter((source) => source.told.ref && KEEPS.has(source.kind));
      if (keep.length > 0 && clientsStay(context, keep, told))
        findings.push(say(context, thread, told, keep));
    }
    return findings;
  },
};

/** What a worker has begun, and after which it may answer and close. */
function isWork({ kind, told }: SourceEntity): boolean {
  return told.ref && (kind === 'timer' ? told.every === undefined : WORK.has(kind));
}
const WORK: ReadonlySet<SourceEntity['kind']> = new Set(['immediate', 'request', 'child', 'worker']);

/** What makes a client go on by itself; also a limit of time, which keeps nothing alive. */
function isLimit({ kind, told }: SourceEntity): boolean {
  return kind === 'timer'
    ? told.every === undefined
    : told.ref && (kind === 'immediate' || kind === 'request');
}

/** Does it look as if no client will close its connection, nor anybody answer whom the worker itself has asked? */
function clientsStay(context: RuleContext, keep: readonly SourceEntity[], told: Incident): boolean {
  const { world, graph, now } = context;
  const connections = keep.filter(({ kind }) => kind !== 'server');
  if (!connections.every((source) => world.connections.hasAccepted(source))) return false;
  const clients = connections.map((source) => world.connections.told(source)?.source.thread ?? null);
  if (clients.some((client) => client !== null && mayClose(client)) || !graph.lasted(told.time)) return false;
  if (!clients.includes(null)) return true;
  const end = told.time + context.threshold('outside') * 1e6;
  if (now < end) context.due(end);
  return now >= end;
}

/** It does something, or a timer will make it. */
function mayClose(client: ThreadEntity): boolean {
  if (!client.alive) return true;
  const sources = restingSources(client);
  return sources === null || sources.some(isLimit);
}

function isTold({ what, told }: Incident): boolean {
  return what === 'disconnectCalled' && told.message === 'cluster';
}

function say(
  context: RuleContext,
  thread: ThreadEntity,
  told: Incident,
  keep: readonly SourceEntity[],
): Finding {
  const name = thread.process.name;
  const owner = thread.process.child?.owner ?? null;
  const caller = owner?.incidents.findLast(isTold);
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${name} was told to disconnect, and ${listWords(keep.map(sourceName))} ${keep.length === 1 ? 'keeps' : 'keep'} it`,
    time: told.time,
    processes: [thread.process, ...(owner === null ? [] : [owner.process])],
    places: [
      ...(caller === undefined ? [] : [placeOf(caller)]),
      ...keep.map(placeOfSource),
      ...startedPlaces(thread.process),
    ],
    explanation: `${name} was told to disconnect ${duration(context.now - told.time)} ago. It has closed its servers and waits until every connection is closed: ${listWords(keep.map(sourceName))} ${keep.length === 1 ? 'is' : 'are'} still open, and the other end may keep ${keep.length === 1 ? 'it' : 'them'} open for ever (HTTP keep-alive, a WebSocket).`,
    fix: 'Close idle connections when the worker is told to disconnect: server.closeIdleConnections(), server.closeAllConnections() after a while, or a short keepAliveTimeout; or end the worker by worker.kill() after a time.',
  });
}
