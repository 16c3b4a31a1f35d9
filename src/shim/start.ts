import { channel, subscribe } from 'node:diagnostics_channel';
import { isMainThread } from 'node:worker_threads';
import { ENV_SESSION, SHARED_FILES, SHARED_FILES_READY, type SharedFiles } from '../base/environment.ts';
import { TRACE_MINOR, TRACE_VERSION } from '../trace/format/definitions.ts';
import { AwaitBook } from './awaits/book.ts';
import { ChildEnvironment } from './children/children-env.ts';
import { describeProcess } from './children/description.ts';
import { ChildFilter } from './children/filter.ts';
import type { Shim } from './context/shim.ts';
import { Clock } from './core/clock.ts';
import { reportProblem } from './core/guard.ts';
import { Recorder } from './core/recorder.ts';
import { PROBES } from './probes/index.ts';
import { Quiescence } from './rest/quiescence.ts';
import { CallSites } from './sites/call-sites.ts';
import { SourceBook } from './sources/book.ts';
import { PoolWork } from './sources/pool-work.ts';
import { TimerBook } from './sources/timers.ts';
import { UnrefBook } from './sources/unref.ts';
import { WorkerLanes } from './thread/lanes.ts';
import { readSession } from './thread/session.ts';
import { othersWork, ownThread } from './thread/system-threads.ts';
import {
  type Handover,
  identify,
  isNodesOwnThread,
  type ThreadIdentity,
  takeHandover,
} from './thread/thread.ts';

const STARTED = Symbol.for('forkscope.shim');

/** What the preloaded file hands to the shim. */
export interface Preloaded {
  /** The file of this code, whose frames are not the user's. */
  readonly file: string;
  /** Node's function that makes `import`s of its modules see what was replaced in them. */
  readonly syncBuiltinESMExports: () => void;
}

/** Traces this thread, if it belongs to a session. */
export function start({ file, syncBuiltinESMExports }: Preloaded): Shim | undefined {
  if (STARTED in globalThis || isNodesOwnThread()) return undefined;
  const handover = takeHandover();
  // A thread that makes a worker which is to be traced leaves a handover for it.
  if (!handover && !isMainThread) return undefined;
  restoreOptions(handover);
  const session = readSession({ [ENV_SESSION]: handover?.session ?? process.env[ENV_SESSION] });
  if (!session) return undefined;
  Object.defineProperty(globalThis, STARTED, { value: true });
  const clock = new Clock(BigInt(session.origin));
  const thread = identify(clock, handover);
  const { options, dir } = session;
  const lanes = new WorkerLanes(dir, thread, handover?.lane);
  // The process is about to end, and with it this thread: its stream would have no end.
  if (lanes.own?.closing) return undefined;
  const recorder = new Recorder({
    dir,
    stream: thread.stream,
    maxBytes: options.maxStreamBytes,
    clock,
    lane: lanes.own,
  });
  const sites = new CallSites(recorder, file, options.callSites !== 'off');
  const sources = new SourceBook(
    new TimerBook(sites, recorder, options.callSites),
    new UnrefBook(recorder),
    new PoolWork(() => othersWork(lanes.programThreads())),
  );
  const shim: Shim = {
    session,
    recorder,
    sites,
    thread,
    environment: new ChildEnvironment(session),
    filter: new ChildFilter(options),
    quiescence: new Quiescence(recorder, sources),
    sources,
    lanes,
    awaits: options.awaits === true ? new AwaitBook(recorder, sites) : undefined,
  };
  recorder.together(() => {
    introduce(shim, handover);
    useSharedFiles(recorder);
    for (const probe of PROBES) {
      try {
        probe.install(shim);
      } catch (error) {
        reportProblem(recorder, probe.name, error);
      }
    }
  });
  syncBuiltinESMExports();
  return shim;
}

/** A worker with an environment of its own got our NODE_OPTIONS in it: its program sees what its parent gave it. */
function restoreOptions(handover: Handover | undefined): void {
  if (handover?.nodeOptions === undefined) return;
  if (handover.nodeOptions === null) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = handover.nodeOptions;
}

function introduce({ session, recorder, thread }: Shim, handover: Handover | undefined): void {
  const { processKey, stream, threadId, start: startTime } = thread as ThreadIdentity;
  recorder.define({
    type: 'stream',
    version: TRACE_VERSION,
    minor: TRACE_MINOR,
    session: session.session,
    stream,
    processKey,
    pid: process.pid,
    ppid: process.ppid,
    threadId,
    start: startTime,
  });
  if (threadId === 0) describeProcess(recorder);
  const { name = '', file = '', parentThreadId = 0, spawnKey = '' } = handover ?? {};
  const systemThread = threadId === 0 ? 0 : ownThread();
  recorder.define({
    type: 'thread',
    name,
    file,
    parentThreadId,
    spawnKey,
    ...(systemThread > 0 && { systemThread }),
  });
  recorder.record('processStart', { pid: process.pid });
}

/** Maps the records, as soon as the runtime of this thread has loaded shared memory. */
function useSharedFiles(recorder: Recorder): void {
  const use = (): void => {
    try {
      const files: unknown = Reflect.get(globalThis, Symbol.for(SHARED_FILES));
      if (typeof files === 'object' && files !== null) recorder.mapWith(files as SharedFiles);
    } catch (error) {
      reportProblem(recorder, 'shared-files', error);
    }
  };
  if (Symbol.for(SHARED_FILES) in globalThis) use();
  // `subscribe` of the module holds the channel: one without a strong reference may be collected with its subscribers.
  else subscribe(channel(SHARED_FILES_READY).name, use);
}
