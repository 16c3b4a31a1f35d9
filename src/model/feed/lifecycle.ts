import { byNumber, FLAG, type TraceRecord } from '../../trace/format/records.ts';
import type { ChildEntity, ExitFact, StreamState } from '../state/entities.ts';
import { asksToEnd, signalName } from '../state/signals.ts';
import type { World } from '../state/world.ts';
import type { Apply } from './apply.ts';
import { recordSite } from './waits.ts';

type ApplyLife = (world: World, stream: StreamState, record: TraceRecord) => void;
type ApplyToChild = (world: World, stream: StreamState, record: TraceRecord, child: ChildEntity) => void;

const LIFE = byNumber<ApplyLife, 'life'>({
  // The definitions before it say who the thread is.
  processStart() {},
  targetStart(_world, { thread }, record) {
    thread.targetAt = record.time;
  },
  processExit(world, { thread }, record) {
    const { process } = thread;
    if (process.alive) world.beforeEnd(process, record.time, record.value === 0 ? 'normal' : 'unknown');
    thread.selfEnd = record.time;
    if (thread.threadId !== 0) return;
    process.selfExit = { time: record.time, code: record.value | 0, signal: null };
    world.processes.changed(process);
  },
  exiting(_world, { thread }, record) {
    thread.exitingAt = record.time;
  },
  signal(world, { thread: { process } }, record) {
    const own = record.n === 0 || record.n === process.pid;
    if (own && asksToEnd(signalName(record.value))) {
      if (process.child?.owner === null) world.endingBegins(record.time);
      // A manager's server ends its clients' waits then, perhaps before anybody else tells of the end.
      else if (record.n === 0 && process.alive) world.beforeEnd(process, record.time, 'signalled');
    }
    const target =
      record.n === 0 || record.value === 0 ? undefined : world.processes.at(record.n, record.time);
    if (target === undefined) return;
    // Findings leave out whoever is about to end: what is certain now is seen before that.
    if (target.alive) world.beforeEnd(target, record.time, 'signalled');
    target.signalledAt = record.time;
  },
  start: toChild((world, stream, record, child) => {
    begun(stream, record, child);
    if (child.api === 'execve') stream.thread.process.replacedAt = record.time;
    identify(world, record, child);
  }),
  threadStart: toChild((world, stream, record, child) => {
    begun(stream, record, child);
    // Known from now on: the worker may end before the tracer is loaded in it.
    world.thread(stream.thread.process, record.n, record.time);
    world.processes.worker(child, record.n);
  }),
  childExit: toChild((world, stream, record, child) => {
    // `execve` has failed: the program is still the old one.
    if (child.api === 'execve') stream.thread.process.replacedAt = null;
    const ending = child.process ?? child.thread?.process;
    const exit = exitFact(record);
    if (ending?.alive) world.beforeEnd(ending, record.time, exit.code === 0 ? 'normal' : 'unknown');
    child.exit = exit;
    identify(world, record, child);
  }),
});

/** Processes and threads begin and end. */
export const applyLifecycle: Apply = (world, stream, record) => {
  LIFE[record.kind]?.(world, stream, record);
  world.touch(stream.thread.process);
};

/** For records that name a child; one whose definition is lost changes nothing. */
function toChild(apply: ApplyToChild): ApplyLife {
  return (world, stream, record) => {
    const child = stream.children[record.resource];
    if (child !== undefined) apply(world, stream, record, child);
  };
}

/** Which process or worker thread the child is. */
function identify(world: World, record: TraceRecord, child: ChildEntity): void {
  if (child.api === 'worker') {
    if (record.n !== 0) world.processes.worker(child, record.n);
    return;
  }
  world.processes.childPid(child, record.n);
  if (child.process === null) return;
  world.processes.changed(child.process);
  for (const below of child.process.children) if (below.before !== null) world.processes.changed(below);
}

function begun(stream: StreamState, record: TraceRecord, child: ChildEntity): void {
  child.startTime ??= record.time;
  if (record.site !== 0) child.site = recordSite(stream, record);
}

function exitFact(record: TraceRecord): ExitFact {
  const bySignal = (record.flags & FLAG.signal) !== 0;
  return {
    time: record.time,
    code: bySignal ? null : record.value | 0,
    signal: bySignal ? signalName(record.value) : null,
  };
}
