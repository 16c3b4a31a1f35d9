import type { Definition } from '../../trace/format/definitions.ts';
import { makeAwaits } from '../state/awaits.ts';
import type { StreamState } from '../state/entities.ts';
import { makeIncident } from '../state/incidents.ts';
import { makeSources } from '../state/sources.ts';
import type { World } from '../state/world.ts';

/** Enters a definition of each type. Does not compile without one of them. */
type Handlers = {
  readonly [T in Definition['type']]: (
    world: World,
    stream: StreamState,
    def: Extract<Definition, { type: T }>,
  ) => void;
};

const HANDLERS: Handlers = {
  // `World.stream` has made the stream of it.
  stream() {},
  process(world, { thread: { process } }, def) {
    if (process.definition === null) process.firstTitle = def.title;
    process.definition = def;
    world.processes.spawnKey(process, def.spawnKey);
    world.processes.changed(process);
  },
  thread(world, { thread }, { name, file, systemThread = 0 }) {
    thread.workerSystemThread = systemThread;
    thread.name = name;
    thread.file = file;
    world.processes.changed(thread.process);
  },
  site(world, stream, def) {
    stream.sites[def.id] = world.sites.intern(def, stream.sites[def.caller ?? 0] ?? 0);
  },
  resource(world, stream, def) {
    const use = world.use(stream.thread, world.resource(def));
    if (stream.lossy || def.untraced === true) use.resource.lossy = true;
    stream.uses[def.id] = use;
  },
  child(world, stream, def) {
    stream.children[def.id] = world.processes.child(stream.thread, def);
    world.processes.changed(stream.thread.process);
  },
  task(_world, { thread }, { id, name }) {
    thread.tasks.set(id, name);
  },
  keepAlive(world, { thread }, def) {
    thread.keptAlive = def;
    world.processes.changed(thread.process);
  },
  sources(world, stream, def) {
    stream.sources = makeSources(stream, def, world.connections);
    stream.thread.hasDebugger ||= def.list.some(({ kind }) => kind === 'debugger');
    for (const other of world.connections.tells(stream.thread, stream.sources)) world.touch(other.process);
  },
  awaits(world, stream, def) {
    stream.thread.awaits = makeAwaits(stream, def);
    world.touch(stream.thread.process);
  },
  timers(world, stream, def) {
    stream.thread.timers = makeSources(stream, { ...def, id: 0, complete: false }, world.connections).list;
  },
  incident(world, stream, def) {
    const incident = makeIncident(stream, def);
    stream.thread.incidents.push(incident);
    if (incident.what === 'listening') {
      world.connections.listens(incident);
      // What they wait for may have another name from now on: streams are read one after the other.
      for (const { process } of world.resting) world.touch(process);
    }
    world.touch(stream.thread.process);
  },
  problem(world, { thread: { process } }, { code, message }) {
    world.loss.problem(process, code, message);
    // A probe failed: what it would have seen is missing.
    if (code.startsWith('shim-')) world.loss.exact = false;
    world.processes.changed(process);
  },
};

/** Enters one definition of a stream. Ids are the stream's own; what they mean is shared between streams. */
export function applyDefinition(world: World, stream: StreamState, def: Definition): void {
  const apply = HANDLERS[def.type] as (world: World, stream: StreamState, def: Definition) => void;
  apply(world, stream, def);
}
