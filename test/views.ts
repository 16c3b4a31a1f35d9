import { type Arrangement, PLAIN } from '../src/extension/tree/arrangement.ts';
import { sessionTree } from '../src/extension/tree/build.ts';
import type { NodeSpec } from '../src/extension/tree/nodes.ts';
import type { Snapshot } from '../src/extension/tree/tree-index.ts';
import { Model } from '../src/model/index.ts';
import {
  type ChannelView,
  type Finding,
  type ProcessView,
  REPORT_VERSION,
  type Report,
  type ResourceView,
  type ThreadView,
  type WaitView,
} from '../src/model/types/index.ts';
import type { SessionUpdate } from '../src/protocol/session.ts';
import { UNKNOWN_SESSION } from '../src/trace/format/definitions.ts';
import { TraceBuilder } from './model/builder.ts';

/** One view of each sort, as the model makes them: the functions below set what tests look at, a new field has its value here. */
const MADE = madeViews();

function madeViews() {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const [lock, queue] = [t.lock('A'), t.resource('queue', 'Q')];
  main.create(lock, queue);
  main.on('send', queue, { n: 1 }).acquire(lock, 1);
  main.start('child', { pid: 11 }).open(lock).wait('waitAcquire', lock);
  const model = t.feed(new Model());
  const process = model.processes().find(({ pid }) => pid === 11);
  const thread = process?.threads[0];
  const wait = thread?.waits[0];
  const [channel] = model.channels();
  const [resource] = model.resources();
  if (!process || !thread || !wait || !channel || !resource) throw new Error('the model makes no views');
  return { process, thread, wait, channel, resource };
}

/** What the session worker pushes. */
export function sessionUpdate(change: Partial<SessionUpdate> = {}): SessionUpdate {
  return {
    revision: 1,
    changed: null,
    live: true,
    lastTime: 0,
    session: UNKNOWN_SESSION,
    findings: [],
    loss: { exact: true, dropped: 0, damaged: 0, problems: [] },
    ...change,
  };
}

/** A report of a session without processes. */
export function reportView(change: Partial<Report> = {}): Report {
  return {
    version: REPORT_VERSION,
    duration: 1,
    ended: true,
    session: UNKNOWN_SESSION,
    processes: [],
    channels: [],
    resources: [],
    findings: [],
    dropped: 0,
    damaged: 0,
    exact: true,
    problems: [],
    ...change,
  };
}

/** Views as the model gives them, for tests of what the extension makes of them. */
export function processView(id: string, change: Partial<ProcessView> = {}): ProcessView {
  return {
    ...MADE.process,
    id,
    pid: Number(id.split('-')[0]) || 1,
    parent: null,
    name: id,
    program: `${id}.ts`,
    argv: ['node', `${id}.ts`],
    api: 'Process',
    daemon: false,
    start: 0,
    end: null,
    exitCode: null,
    signal: null,
    instrumented: true,
    reason: '',
    keptAlive: '',
    state: 'running',
    threads: [threadView(id)],
    children: [],
    cpu: null,
    memory: null,
    ...change,
  };
}

export function threadView(processId: string, change: Partial<ThreadView> = {}): ThreadView {
  return {
    ...MADE.thread,
    id: `${processId}.0`,
    process: processId,
    threadId: 0,
    name: 'main',
    start: 0,
    end: null,
    state: 'running',
    waits: [],
    exitCode: null,
    error: '',
    keptAlive: '',
    lastState: '',
    asks: '',
    ...change,
  };
}

export function waitView(processId: string, change: Partial<WaitView> = {}): WaitView {
  return {
    ...MADE.wait,
    kind: 'waitAcquire',
    process: processId,
    thread: `${processId}.0`,
    task: 0,
    resource: null,
    awaitedProcess: null,
    since: 1e9,
    sync: true,
    timeoutMs: null,
    site: null,
    ...change,
  };
}

export function channelView(id: string, change: Partial<ChannelView> = {}): ChannelView {
  return {
    ...MADE.channel,
    id,
    kind: 'queue',
    resourceKind: 'queue',
    name: id,
    named: true,
    number: 0,
    site: null,
    from: [],
    to: [],
    sent: 0,
    received: 0,
    bytes: 0,
    depth: 0,
    latencyNs: null,
    exact: true,
    connection: null,
    ...change,
  };
}

export function resourceView(id: string, change: Partial<ResourceView> = {}): ResourceView {
  return {
    ...MADE.resource,
    id,
    kind: 'lock',
    name: id,
    named: true,
    number: 0,
    site: null,
    capacity: 0,
    acquisitions: 1,
    contended: 0,
    waitNs: 0,
    holders: [],
    waiters: [],
    exact: true,
    ...change,
  };
}

export function siteAt(line: number, file = '/w/deadlock.ts') {
  const frame = { file, line, column: 3, fn: 'work' };
  return { ...frame, sampled: false, frames: [{ ...frame, async: false, package: '' }] };
}

export function findingView(change: Partial<Finding> = {}): Finding {
  return {
    id: 'lock-cycle:a,b',
    kind: 'lock-cycle',
    certainty: 'certain',
    blocking: true,
    title: 'a and b wait for each other',
    time: 1e9,
    processes: ['1-a', '2-b'],
    resources: ['A', 'B'],
    sites: [],
    chain: [],
    explanation: 'Both are blocked.',
    fix: 'Take the locks in one order.',
    proof: null,
    ...change,
  };
}

export function snapshotOf(processes: readonly ProcessView[], change: Partial<Snapshot> = {}): Snapshot {
  return {
    dir: '/t/s1',
    name: 'deadlock.ts',
    live: true,
    terminal: false,
    again: false,
    problem: '',
    exact: true,
    lastTime: 5e9,
    processes,
    findings: [],
    resources: [],
    channels: [],
    ...change,
  };
}

/** The tree of a session of which something is shown. */
export function sessionSpec(snapshot: Snapshot, arrangement: Partial<Arrangement> = {}): NodeSpec {
  const { spec } = sessionTree(snapshot, { ...PLAIN, ...arrangement });
  if (spec === undefined) throw new Error('nothing is shown');
  return spec;
}
