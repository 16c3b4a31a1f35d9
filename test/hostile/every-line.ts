// A line of each type with each field that there is: whoever adds one to the format adds it here, or this does not compile.
import type { Definition, Observation, Source } from '../../src/trace/format/definitions.ts';
import { firstStream, type JsonLine, linesOf, type Trace } from './trace.ts';

type Whole<Union extends { readonly type: string }> = {
  readonly [T in Union['type']]: Required<Extract<Union, { readonly type: T }>>;
};

const site = 1;
const time = 1e9;
const pid = 4242;
const argv = ['node', 'made.js', 'an argument'];

const SOURCE: Required<Source> = {
  kind: 'socket',
  count: 2,
  ref: true,
  resource: 1,
  child: 1,
  listens: true,
  once: true,
  heard: site,
  events: ['message'],
  detail: 'a detail',
  local: '127.0.0.1:1',
  remote: '127.0.0.1:2',
  sent: 1,
  received: 2,
  unanswered: true,
  state: 'connecting',
  unwritten: 3,
  unread: 4,
  due: time,
  every: 5,
  since: time,
  site,
};

const DEFINITIONS: Whole<Definition> = {
  stream: {
    type: 'stream',
    version: 1,
    minor: 1,
    session: 's',
    stream: 'x',
    processKey: 'k',
    pid,
    ppid: 1,
    threadId: 0,
    start: 0,
  },
  process: {
    type: 'process',
    spawnKey: '',
    argv,
    execArgv: ['--expose-gc'],
    execPath: '/usr/bin/node',
    cwd: '/tmp',
    title: 'made',
    name: 'made',
    nodeVersion: 'v20.0.0',
  },
  thread: {
    type: 'thread',
    name: 'made',
    file: '/made.js',
    parentThreadId: -1,
    spawnKey: '',
    systemThread: pid,
  },
  site: {
    type: 'site',
    id: 9001,
    file: '/made.js',
    line: 1,
    column: 2,
    fn: 'made',
    caller: site,
    async: true,
    package: 'made',
  },
  resource: {
    type: 'resource',
    id: 9002,
    key: 'made',
    kind: 'ipc',
    name: 'made',
    capacity: 3,
    peerKey: 'made too',
    untraced: true,
  },
  child: {
    type: 'child',
    id: 9003,
    spawnKey: 'made',
    api: 'fork',
    name: 'made',
    file: '/made.js',
    argv,
    daemon: true,
    detached: true,
  },
  task: { type: 'task', id: 9004, name: 'made' },
  problem: { type: 'problem', code: 'made', message: 'a message' },
  keepAlive: { type: 'keepAlive', time, handles: { Timeout: 2 } },
  sources: { type: 'sources', id: 9005, time, complete: true, list: [SOURCE] },
  awaits: { type: 'awaits', time, list: [{ site, count: 2, since: time, never: true }] },
  timers: { type: 'timers', time, list: [{ ...SOURCE, kind: 'timer' }] },
  incident: {
    type: 'incident',
    what: 'uncaughtException',
    time,
    message: 'Error: a message',
    code: 'EMADE',
    site,
    resource: 1,
    child: 1,
    value: 1,
    events: ['message'],
  },
};

const OBSERVATIONS: Whole<Observation> = {
  session: {
    type: 'session',
    version: 1,
    minor: 1,
    session: 's',
    origin: '0',
    wallClock: 1,
    argv,
    cwd: '/tmp',
    traceparent: 'made',
    launcherPid: 1,
    machine: 'made',
  },
  rootStart: { type: 'rootStart', time: 0, pid, spawnKey: '', argv },
  rootExit: { type: 'rootExit', time, pid, exitCode: 1, signal: 'SIGTERM' },
  osProcess: {
    type: 'osProcess',
    time,
    pid,
    ppid: pid,
    name: 'made',
    command: 'made by hand',
    argv,
    start: 0,
    isNode: true,
  },
  osGone: { type: 'osGone', time, pid },
  sample: {
    type: 'sample',
    time,
    pid,
    cpu: 1,
    memory: 2,
    reads: 3,
    threads: [{ id: pid, used: 1, ready: 2, doing: 'call', call: 'made' }],
  },
  paused: { type: 'paused', time, pid, by: 'signal' },
  resumed: { type: 'resumed', time, pid, by: 'signal' },
  interrupted: { type: 'interrupted', time, signal: 'SIGINT' },
  killed: { type: 'killed', time, reason: 'a reason' },
  end: { type: 'end', time },
};

/** Stand once in their file: their lines get the fields that they lack, instead of a line beside them. */
const ONCE = new Set(['stream', 'process', 'thread', 'session', 'rootStart', 'rootExit', 'end']);

function fill(lines: JsonLine[], made: Whole<Definition> | Whole<Observation>): JsonLine[] {
  const { time: latest, slot } = lines.at(-1)!;
  const added = Object.entries(made)
    .filter(([type]) => !ONCE.has(type))
    .map(([, value]): JsonLine => ({ seq: 0, time: latest, slot, value: { ...value } }));
  const filled = lines.map((line) => ({
    ...line,
    value: { ...(made as Readonly<Record<string, object>>)[String(line.value.type)], ...line.value },
  }));
  // The last line of a session file says its end.
  return [...filled.slice(0, -1), ...added, ...filled.slice(-1)];
}

/** The lines of a trace by file, with all types and fields among them. */
export function everyLine(trace: Trace, session: string): Record<string, JsonLine[]> {
  const stream = firstStream(trace);
  return {
    [stream]: fill(linesOf(trace[stream]!), DEFINITIONS),
    [session]: fill(linesOf(trace[session]!), OBSERVATIONS),
  };
}
