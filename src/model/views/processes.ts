import type { ProcessEntity, ThreadEntity, Wait } from '../state/entities.ts';
import { firstLine, thrownBy } from '../state/incidents.ts';
import { compare } from '../state/loss.ts';
import { threadName } from '../state/names.ts';
import { programOf } from '../state/process-names.ts';
import { awaited, waitName } from '../state/wait-names.ts';
import type { World } from '../state/world.ts';
import { latelyOf } from '../timeline/lately.ts';
import {
  NOT_REPORTED_YET,
  type PausedBy,
  type ProcessView,
  type ThreadState,
  type ThreadView,
  type WaitView,
} from '../types/index.ts';
import { whole, wholeOrNull } from '../types/whole.ts';
import { baseName } from '../words/index.ts';
import type { AtEnd } from './at-end.ts';
import { asksWords, keptAliveWords, rests } from './kept-alive.ts';
import { type LastState, lastStates } from './last-states.ts';

/** Views of processes and threads, made again only for those that changed. */
export class ProcessViews {
  readonly lastStates: AtEnd<LastState>;
  private readonly world: World;
  private readonly cache = new Map<ProcessEntity, { revision: number; view: ProcessView }>();

  constructor(world: World) {
    this.world = world;
    this.lastStates = lastStates(world);
  }

  all(): ProcessView[] {
    this.world.processes.link();
    const shown = this.world.processes.all.filter((process) => process.id !== '');
    shown.sort((a, b) => a.start - b.start || a.pid - b.pid || compare(a.id, b.id));
    return shown.map((process) => this.view(process));
  }

  view(process: ProcessEntity): ProcessView {
    const cached = this.cache.get(process);
    if (cached !== undefined && cached.revision === process.revision) return cached.view;
    const view = makeProcess(this.world, process, this.lastStates);
    this.cache.set(process, { revision: process.revision, view });
    return view;
  }
}

function makeProcess(world: World, process: ProcessEntity, last: AtEnd<LastState>): ProcessView {
  const threads = [...process.threads.values()]
    .sort((a, b) => a.threadId - b.threadId)
    .map((t) => makeThread(world, t, last));
  const { child, exit } = process;
  return {
    id: process.id,
    pid: process.pid,
    parent: visible(process.parent)?.id ?? null,
    name: process.name,
    program: programOf(process),
    argv: commandLine(process),
    api: child?.api ?? null,
    daemon: child?.daemon ?? false,
    start: whole(process.start),
    end: wholeOrNull(process.end),
    exitCode: exit?.code ?? null,
    signal: exit?.signal ?? null,
    instrumented: process.instrumented,
    reason: process.instrumented ? '' : reason(process),
    keptAlive: threads.find(({ threadId }) => threadId === 0)?.keptAlive ?? '',
    state: processState(process, threads),
    paused: pausedBy(process),
    threads,
    children: [...process.children]
      .filter((c) => c.id !== '')
      .sort((a, b) => a.start - b.start || a.pid - b.pid)
      .map((c) => c.id),
    cpu: process.cpu,
    memory: process.memory,
  };
}

/** A process without a pid yet is not shown: its children hang below its parent until then. */
function visible(process: ProcessEntity | null): ProcessEntity | null {
  let p = process;
  while (p !== null && p.id === '') p = p.parent;
  return p;
}

/** As the system knows it: Node takes its own flags out of what it gives to programs. */
function commandLine(process: ProcessEntity): readonly string[] {
  const { child, definition } = process;
  if (definition === null) return child === null || child.argv.length === 0 ? osArgv(process) : child.argv;
  const { argv, execArgv } = definition;
  return execArgv.length === 0 ? argv : [...argv.slice(0, 1), ...execArgv, ...argv.slice(1)];
}

function osArgv(process: ProcessEntity): readonly string[] {
  return process.os?.argv ?? [];
}

const NODE_APIS = new Set(['Process', 'fork', 'cluster']);

/** The file of a process that is not traced, as its parent or the system tells it. */
function fileOf({ child, os }: ProcessEntity): string {
  const started = baseName(child?.file || child?.argv[0] || os?.name || '');
  return started === 'env' && child !== null
    ? baseName(programOfEnv(child.argv.slice(1)) ?? started)
    : started;
}

/** Options of `env` that take the next word. */
const WITH_WORD = new Set(['-u', '--unset', '-C', '--chdir', '-S', '--split-string']);

/** `env` becomes the program behind its options and variables. */
function programOfEnv(words: readonly string[]): string | undefined {
  return words.find((word, at) => !/^-|=/.test(word) && !WITH_WORD.has(words[at - 1] ?? ''));
}

/** Is it a Node, as far as whoever has started it, its name and the system tell? */
function seemsNode(process: ProcessEntity): boolean {
  const { child, os } = process;
  const called = (child !== null && NODE_APIS.has(child.api)) || os?.isNode === true;
  return called || /^(node|nodejs|tsx)(\.exe)?$/i.test(fileOf(process));
}

/**
 * A process of which a stream was due, and which has ended without one: the root of the program, or a child that the runtime has
 * started. What it did is missing.
 */
export function endedUnseen(process: ProcessEntity): boolean {
  const api = process.child?.api;
  return (
    !process.instrumented &&
    !process.alive &&
    (api === 'Process' || (api === 'launcher' && seemsNode(process)))
  );
}

function reason(process: ProcessEntity): string {
  const { child } = process;
  const program = fileOf(process);
  const node = seemsNode(process);
  if (!node) return program === '' ? 'seen from outside only' : `not a Node.js program (${program})`;
  // Then Node runs nothing but its own code in this process, and preloads nothing.
  const flag = child?.argv.find((a) => a === '--watch' || a === '--run' || a.startsWith('--watch-path'));
  if (flag !== undefined) return `Node itself, which starts the program (${flag})`;
  return process.alive
    ? NOT_REPORTED_YET
    : 'ended before the tracer was loaded in it, or was started without it';
}

/** The debugger, where it is held by both: that is what the user sees. */
function pausedBy({ alive, pausedBy: by }: ProcessEntity): PausedBy | null {
  if (!alive || by.size === 0) return null;
  return by.has('debugger') ? 'debugger' : 'signal';
}

function processState(process: ProcessEntity, threads: readonly ThreadView[]): ThreadState {
  if (!process.alive) return 'exited';
  const states = threads.map((t) => t.state).filter((state) => state !== 'exited');
  if (states.length === 0 || states.includes('running')) return 'running';
  if (states.includes('waiting')) return 'waiting';
  return states.every((state) => state === 'blocked') ? 'blocked' : 'idle';
}

export function threadState(thread: ThreadEntity): ThreadState {
  if (!thread.alive) return 'exited';
  if (thread.syncWait !== null) return 'blocked';
  const open = thread.waits.size > 0;
  if (thread.quiescent !== null) return open ? 'blocked' : 'idle';
  if (thread.top !== null) return 'waiting';
  return rests(thread) ? 'idle' : 'running';
}

function makeThread(world: World, thread: ThreadEntity, last: AtEnd<LastState>): ThreadView {
  return {
    id: thread.id,
    process: thread.process.id,
    threadId: thread.threadId,
    name: threadName(thread),
    start: whole(thread.start),
    end: wholeOrNull(thread.end),
    state: threadState(thread),
    waits: thread.alive ? [...thread.waits.values()].map((wait) => makeWait(world, wait)) : [],
    lately: thread.alive ? latelyOf(thread, world.lastTime) : null,
    ...usedBy(thread),
    exitCode: thread.child?.exit?.code ?? null,
    error: thread.alive ? '' : firstLine(thrownBy(thread)?.told.message ?? ''),
    lastState: last.of(thread)?.does ?? '',
    keptAlive: last.of(thread)?.keptAlive ?? keptAliveWords(world, thread),
    asks: asksWords(thread),
  };
}

function usedBy({ usage }: ThreadEntity): Pick<ThreadView, 'used' | 'ready' | 'usedAt'> {
  const last = usage.length - 1;
  if (last < 0) return { used: null, ready: null, usedAt: null };
  const ready = usage.ready[last] as number;
  return {
    used: whole(usage.used[last] as number),
    ready: Number.isNaN(ready) ? null : whole(ready),
    usedAt: whole(usage.times[last] as number),
  };
}

export function makeWait(world: World, wait: Wait): WaitView {
  return {
    kind: waitName(wait.kind),
    process: wait.thread.process.id,
    thread: wait.thread.id,
    task: wait.task,
    resource: wait.resource?.key ?? null,
    awaitedProcess: awaited(wait.child)?.id || null,
    since: whole(wait.since),
    sync: wait.sync,
    timeoutMs: wait.timeoutMs,
    site: world.sites.view(wait.site),
  };
}
