import type { Observation } from '../../trace/format/definitions.ts';
import type { World } from '../state/world.ts';

/** The launcher killed what was left: nobody outlives the session then. */
function endAll(world: World, time: number): void {
  for (const process of world.processes.all) {
    if (!process.alive) continue;
    process.goneAt = time;
    world.processes.changed(process);
  }
}

/** Enters what the session saw from outside. */
export function applyObservation(world: World, seen: Observation): void {
  if (seen.type === 'session') return;
  world.advance(seen.time);
  if (seen.type !== 'sample') world.graphRevision = world.revision;
  const { processes } = world;
  switch (seen.type) {
    case 'rootStart': {
      const [name = ''] = seen.argv;
      const root = processes.child(null, {
        spawnKey: seen.spawnKey,
        api: 'launcher',
        name: '',
        file: name,
        argv: seen.argv,
        daemon: false,
      });
      root.startTime ??= seen.time;
      processes.childPid(root, seen.pid);
      break;
    }
    case 'rootExit': {
      const process = processes.at(seen.pid, seen.time);
      if (process === undefined) break;
      if (process.alive) {
        world.beforeEnd(process, seen.time);
        if (seen.signal !== null) world.beforeKill();
      }
      process.rootExit = {
        time: seen.time,
        code: seen.signal === null ? seen.exitCode : null,
        signal: seen.signal,
      };
      processes.changed(process);
      break;
    }
    case 'osProcess':
      processes.seen(seen.pid, seen.ppid, seen.time, {
        name: seen.name,
        command: seen.command,
        isNode: seen.isNode === true,
      });
      break;
    case 'osGone': {
      const process = processes.at(seen.pid, seen.time);
      if (process === undefined || process.goneAt !== null) break;
      if (process.alive) world.beforeEnd(process, seen.time);
      process.goneAt = seen.time;
      processes.changed(process);
      break;
    }
    case 'sample': {
      const process = processes.at(seen.pid, seen.time);
      if (process === undefined) break;
      process.cpu = seen.cpu;
      process.memory = seen.memory;
      process.revision = world.revision;
      break;
    }
    case 'killed':
      if (world.killed === null) {
        world.beforeEnd(null, seen.time);
        world.beforeKill();
      }
      world.killed ??= { time: seen.time, reason: seen.reason };
      break;
    case 'end':
      world.end = seen.time;
      if (world.killed !== null) endAll(world, seen.time);
      break;
  }
}
