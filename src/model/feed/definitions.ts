import type { Definition } from '../../trace/format/definitions.ts';
import type { StreamState } from '../state/entities.ts';
import { makeIncident } from '../state/incidents.ts';
import { makeSources } from '../state/sources.ts';
import type { World } from '../state/world.ts';

/** Enters one definition of a stream. Ids are the stream's own; what they mean is shared between streams. */
export function applyDefinition(world: World, stream: StreamState, def: Definition): void {
  const { thread } = stream;
  const { process } = thread;
  switch (def.type) {
    case 'stream':
      return;
    case 'process':
      if (process.definition === null) process.firstTitle = def.title;
      process.definition = def;
      world.processes.spawnKey(process, def.spawnKey);
      break;
    case 'thread':
      thread.name = def.name;
      thread.file = def.file;
      break;
    case 'site':
      stream.sites[def.id] = world.sites.intern(def, stream.sites[def.caller ?? 0] ?? 0);
      return;
    case 'resource': {
      const use = world.use(thread, world.resource(def));
      if (stream.lossy) use.resource.lossy = true;
      stream.uses[def.id] = use;
      return;
    }
    case 'child':
      stream.children[def.id] = world.processes.child(thread, def);
      break;
    case 'task':
      thread.tasks.set(def.id, def.name);
      return;
    case 'keepAlive':
      thread.keptAlive = def;
      break;
    case 'sources':
      stream.sources = makeSources(stream, def);
      return;
    case 'incident':
      thread.incidents.push(makeIncident(stream, def));
      world.touch(process);
      return;
    case 'problem':
      world.loss.problem(process, def.code, def.message);
      // A probe failed: what it would have seen is missing.
      if (def.code.startsWith('shim-')) world.loss.exact = false;
      break;
  }
  world.processes.changed(process);
}
