// What each definition and observation may hold. A line that does not fit costs itself and nothing else.
import { RESOURCE_KINDS, type ResourceKind } from '../../base/channels.ts';
import {
  type Await,
  type Definition,
  type IncidentKind,
  type Observation,
  type Source,
  type SourceKind,
  type SpawnApi,
  type ThreadSample,
  TRACE_VERSION,
} from '../format/definitions.ts';
import { LIMIT } from '../format/limits.ts';
import {
  between,
  type Cuts,
  countsByName,
  exactly,
  type Field,
  flag,
  lines,
  listOf,
  matching,
  object,
  oneOf,
  optional,
  orNull,
  type Shape,
  text,
  whole,
} from './shape.ts';

const SAFE = Number.MAX_SAFE_INTEGER;
const name = text(LIMIT.name);
const path = text(LIMIT.path);
/** A name that joins what several processes say of one thing; it is shown, too. */
const key = text(LIMIT.path);
const argv = listOf(lines(LIMIT.argument));
const message = lines(LIMIT.message);
/** Ids are as wide as the fields of records that name them. */
const id = whole(0, 2 ** 32 - 1);
/** Also those of a root in another namespace of pids, which is 0. */
const pid = whole(0, 2 ** 32 - 1);
const count = whole(0, SAFE);
/** ns since the session's origin. */
const time = between(-LIMIT.time, LIMIT.time);
const wallClock = between(0, SAFE);
const signal = matching(/^SIG[A-Z0-9+-]{1,20}$/);
const exitCode = whole(-(2 ** 31), 2 ** 32 - 1);

const resourceKind = oneOf(
  Object.fromEntries(RESOURCE_KINDS.map((kind) => [kind, true])) as Record<ResourceKind, true>,
);
const spawnApi = oneOf<SpawnApi>({
  Process: true,
  fork: true,
  spawn: true,
  exec: true,
  execFile: true,
  spawnSync: true,
  execSync: true,
  execFileSync: true,
  cluster: true,
  worker: true,
  execve: true,
  launcher: true,
});
const sourceKind = oneOf<SourceKind>({
  timer: true,
  immediate: true,
  child: true,
  worker: true,
  parent: true,
  ipc: true,
  port: true,
  broadcast: true,
  stdio: true,
  pipe: true,
  socket: true,
  server: true,
  datagram: true,
  terminal: true,
  signal: true,
  watcher: true,
  request: true,
  debugger: true,
  native: true,
});
const incidentKind = oneOf<IncidentKind>({
  uncaughtException: true,
  unhandledRejection: true,
  workerError: true,
  spawnFailed: true,
  sendFailed: true,
  exitCalled: true,
  unwritten: true,
  disconnectCalled: true,
  terminateCalled: true,
  listening: true,
  abortCalled: true,
  unsettledAwait: true,
});

const source = object<Source>({
  kind: sourceKind,
  count,
  ref: flag,
  resource: optional(id),
  child: optional(id),
  listens: optional(flag),
  once: optional(flag),
  heard: optional(id),
  events: optional(listOf(name)),
  detail: optional(path),
  local: optional(path),
  remote: optional(path),
  sent: optional(count),
  received: optional(count),
  unanswered: optional(flag),
  state: optional(oneOf({ connecting: true, exited: true, ending: true, paused: true, ended: true })),
  unwritten: optional(count),
  unread: optional(count),
  due: optional(time),
  every: optional(count),
  since: optional(time),
  site: optional(id),
});

const awaiting = object<Await>({ site: id, count, since: time, never: optional(exactly(true)) });
const threadSample = object<ThreadSample>({
  id: pid,
  used: count,
  ready: optional(count),
  doing: oneOf({ running: true, loop: true, futex: true, call: true, asleep: true, stopped: true }),
  call: optional(name),
});

type ShapesOf<Union extends { readonly type: string }> = {
  readonly [T in Union['type']]: Shape<Extract<Union, { readonly type: T }>>;
};

const DEFINITIONS: ShapesOf<Definition> = {
  stream: {
    type: exactly('stream'),
    version: whole(0, SAFE),
    minor: optional(whole(0, SAFE)),
    session: name,
    stream: name,
    processKey: name,
    pid,
    ppid: pid,
    threadId: whole(0, 2 ** 32 - 1),
    start: time,
  },
  process: {
    type: exactly('process'),
    spawnKey: key,
    argv,
    execArgv: argv,
    execPath: path,
    cwd: path,
    title: path,
    nodeVersion: name,
    name: optional(name),
  },
  thread: {
    type: exactly('thread'),
    name,
    file: path,
    parentThreadId: whole(-1, 2 ** 32 - 1),
    spawnKey: key,
    systemThread: optional(pid),
  },
  site: {
    type: exactly('site'),
    id,
    file: path,
    line: count,
    column: count,
    fn: name,
    caller: optional(id),
    async: optional(exactly(true)),
    package: optional(name),
  },
  resource: {
    type: exactly('resource'),
    id,
    key,
    kind: resourceKind,
    name,
    capacity: count,
    peerKey: key,
    untraced: optional(exactly(true)),
  },
  child: {
    type: exactly('child'),
    id,
    spawnKey: key,
    api: spawnApi,
    name,
    file: lines(LIMIT.argument),
    argv,
    daemon: flag,
    detached: optional(flag),
  },
  task: { type: exactly('task'), id, name },
  problem: { type: exactly('problem'), code: name, message },
  keepAlive: { type: exactly('keepAlive'), time, handles: countsByName(name, count) },
  sources: { type: exactly('sources'), id, time, complete: flag, list: listOf(source) },
  awaits: { type: exactly('awaits'), time, list: listOf(awaiting) },
  timers: { type: exactly('timers'), time, list: listOf(source) },
  incident: {
    type: exactly('incident'),
    what: incidentKind,
    time,
    message,
    code: optional(name),
    site: optional(id),
    resource: optional(id),
    child: optional(id),
    value: optional(between(-SAFE, SAFE)),
    events: optional(listOf(name)),
  },
};

const pausedBy = oneOf({ debugger: true, signal: true });

const OBSERVATIONS: ShapesOf<Observation> = {
  session: {
    type: exactly('session'),
    version: exactly(TRACE_VERSION),
    minor: optional(whole(0, SAFE)),
    session: name,
    origin: matching(/^-?\d{1,30}$/),
    wallClock,
    argv,
    cwd: path,
    traceparent: optional(name),
    launcherPid: pid,
    machine: optional(name),
  },
  rootStart: { type: exactly('rootStart'), time, pid, spawnKey: key, argv },
  rootExit: { type: exactly('rootExit'), time, pid, exitCode: orNull(exitCode), signal: orNull(signal) },
  osProcess: {
    type: exactly('osProcess'),
    time,
    pid,
    ppid: pid,
    name,
    command: lines(LIMIT.argument),
    argv: optional(argv),
    start: optional(time),
    isNode: optional(flag),
  },
  osGone: { type: exactly('osGone'), time, pid },
  sample: {
    type: exactly('sample'),
    time,
    pid,
    cpu: between(0, SAFE),
    memory: count,
    reads: optional(count),
    threads: optional(listOf(threadSample)),
  },
  paused: { type: exactly('paused'), time, pid, by: pausedBy },
  resumed: { type: exactly('resumed'), time, pid, by: pausedBy },
  interrupted: { type: exactly('interrupted'), time, signal: name },
  killed: { type: exactly('killed'), time, reason: message },
  end: { type: exactly('end'), time },
};

/** `later`: a type that this version does not know, and leaves out as the format says. `wrong`: it does not fit its type. */
export type Read<T> = T | 'later' | 'wrong';

function readerOf<T extends { readonly type: string }>(
  shapes: ShapesOf<T>,
): (value: unknown, cuts: Cuts) => Read<T> {
  const known = new Map<string, Field<T>>();
  for (const [type, shape] of Object.entries(shapes)) known.set(type, object<T>(shape as Shape<T>));
  return (value, cuts) => {
    const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
    if (typeof type !== 'string') return 'wrong';
    const field = known.get(type);
    return field === undefined ? 'later' : (field.read(value, cuts) ?? 'wrong');
  };
}

export const readDefinition = readerOf<Definition>(DEFINITIONS);
export const readObservation = readerOf<Observation>(OBSERVATIONS);
