import type { Observation } from '../../trace/format/definitions.ts';
import type { World } from '../state/world.ts';
import { seeThreads } from './usage.ts';

/** The launcher killed what was left: nobody outlives the session then. */
function endAll(world: World, time: number): void {
  for (const process of world.processes.all) {
    if (!process.alive) continue;
    process.goneAt = time;
    world.processes.changed(process);
  }
}

type Handlers = {
  readonly [T in Observation['type']]: (world: World, seen: Extract<Observation, { type: T }>) => void;
};

const HANDLERS: Handlers = {
  session(world, { type, version, minor, session, origin, launcherPid, machine, ...facts }) {
    world.session = { ...world.session, ...facts };
  },
  rootStart(world, { time, pid, spawnKey, argv }) {
    const [file = ''] = argv;
    const about = { spawnKey, api: 'launcher', name: '', file, argv, daemon: false } as const;
    const root = world.processes.child(null, about);
    root.startTime ??= time;
    world.processes.childPid(root, pid);
  },
  rootExit(world, { time, pid, exitCode, signal }) {
    const process = world.processes.atOrBefore(pid, time);
    if (process === undefined) return;
    if (process.alive) world.beforeEnd(process, time, exitCode === 0 ? 'normal' : 'unknown');
    // The system may have been seen without it before: how it ended nobody knew then.
    if (signal !== null && process.exit === null) world.endingBegins(time);
    world.rootEnd = time;
    process.rootExit = { time, code: signal === null ? exitCode : null, signal };
    world.processes.changed(process);
  },
  osProcess(world, { time, pid, ppid, name, command, argv, start = time, isNode }) {
    const os = {
      name,
      argv: argv ?? [command || name],
      isNode: isNode === true,
      start: Math.min(start, time),
    };
    world.processes.seen(pid, ppid, time, os);
  },
  osGone(world, { time, pid }) {
    const process = world.processes.at(pid, time);
    if (process === undefined || process.goneAt !== null) return;
    if (process.alive) world.beforeEnd(process, time, 'unknown');
    process.goneAt = time;
    world.processes.changed(process);
  },
  sample(world, seen) {
    const { time, pid, cpu, memory, reads = null } = seen;
    const process = world.processes.at(pid, time);
    if (process === undefined) return;
    process.cpu = cpu;
    process.memory = memory;
    if (process.reads !== reads) world.graphRevision = world.revision;
    process.reads = reads;
    seeThreads(process, seen);
    process.revision = world.revision;
  },
  paused(world, { time, pid, by }) {
    const process = world.processes.at(pid, time);
    if (process === undefined || !process.alive) return;
    if (process.pausedBy.size === 0) {
      world.beforePause(process, time);
      world.pauses.begin(process, time);
    }
    process.pausedBy.add(by);
    world.processes.changed(process);
  },
  resumed(world, { time, pid, by }) {
    const process = world.processes.at(pid, time);
    if (process === undefined || !process.pausedBy.delete(by)) return;
    if (process.pausedBy.size > 0) return;
    world.pauses.end(process, time);
    world.afterPause(process);
    world.processes.changed(process);
  },
  interrupted(world, { time }) {
    world.endingBegins(time);
  },
  killed(world, { time, reason }) {
    world.endingBegins(time);
    world.killed ??= { time, reason };
  },
  end(world, { time }) {
    world.end = time;
    if (world.killed !== null) endAll(world, time);
  },
};

/** Enters what the session saw from outside. What a later version writes is left out. */
export function applyObservation(world: World, seen: Observation): void {
  if (!Object.hasOwn(HANDLERS, seen.type)) return;
  if (seen.type !== 'session') world.advance(seen.time);
  if (seen.type !== 'sample') world.graphRevision = world.revision;
  const apply = HANDLERS[seen.type] as (world: World, seen: Observation) => void;
  apply(world, seen);
}
