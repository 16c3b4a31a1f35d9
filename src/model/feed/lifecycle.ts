import { FLAG, KIND, type TraceRecord } from '../../trace/format/records.ts';
import type { ChildEntity, ExitFact, StreamState } from '../state/entities.ts';
import { signalName } from '../state/signals.ts';
import type { World } from '../state/world.ts';
import { recordSite } from './waits.ts';

/** Starts and ends of processes and threads. */
export function applyLifecycle(world: World, stream: StreamState, record: TraceRecord): void {
  const { thread } = stream;
  const { process } = thread;
  switch (record.kind) {
    case KIND.processExit:
      if (process.alive) world.beforeEnd(process, record.time);
      thread.selfEnd = record.time;
      if (thread.threadId === 0) {
        process.selfExit = { time: record.time, code: record.value | 0, signal: null };
        world.processes.changed(process);
      }
      break;
    case KIND.exiting:
      thread.exitingAt = record.time;
      break;
    case KIND.signal: {
      const target =
        record.n === 0 || record.value === 0 ? undefined : world.processes.at(record.n, record.time);
      if (target === undefined) break;
      // Findings leave out whoever is about to end: what is certain now is seen before that.
      if (target.alive) world.beforeEnd(target, record.time, 'certain');
      target.signalledAt = record.time;
      break;
    }
    case KIND.start:
    case KIND.threadStart:
    case KIND.childExit: {
      const child = stream.children[record.resource];
      if (child !== undefined) applyChild(world, stream, record, child);
      break;
    }
  }
  world.touch(process);
}

function applyChild(world: World, stream: StreamState, record: TraceRecord, child: ChildEntity): void {
  if (record.kind === KIND.threadStart) {
    begun(stream, record, child);
    // It may end before the tracer is loaded in it.
    world.thread(stream.thread.process, record.n, record.time);
    world.processes.worker(child, record.n);
    return;
  }
  if (record.kind === KIND.start) {
    begun(stream, record, child);
    if (child.api === 'execve') stream.thread.process.replacedAt = record.time;
  } else {
    // The program is still the old one.
    if (child.api === 'execve') stream.thread.process.replacedAt = null;

    const ending = child.process ?? child.thread?.process;
    if (ending?.alive) world.beforeEnd(ending, record.time);
    child.exit = exitFact(record);
  }
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
