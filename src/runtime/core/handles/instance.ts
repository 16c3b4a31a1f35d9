/**
 * The runtime of this thread: its shared memory (made or joined at the first primitive), its handles, its codec.
 * One a thread whichever way the module was loaded, hence `Symbol.for`.
 */
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { Memory } from '../../../shm/memory.ts';
import { createSession, joinSession, type SessionAddress } from '../../../shm/session.ts';

const KEY = Symbol.for('forkscope.runtime.v1');
const ENVIRONMENT_KEY = 'forkscope.session.v1';

interface Instance {
  memory: Memory | undefined;
  /** The session that this process was started into. */
  inherited: SessionAddress | undefined;
  readonly onExit: Set<() => void>;
  readonly onOpen: Set<() => void>;
}

function instance(): Instance {
  const holder = globalThis as { [KEY]?: Instance };
  holder[KEY] ??= { memory: undefined, inherited: undefined, onExit: new Set(), onOpen: new Set() };
  return holder[KEY];
}

/** Says which session this process belongs to; before the first primitive. */
export function inheritSession(address: SessionAddress): void {
  instance().inherited = address;
  setEnvironmentData(ENVIRONMENT_KEY, { ...address });
}

/** A thread that has no shared memory yet takes that of the thread which sent it a handle. */
export function joinSharedSession(address: SessionAddress): void {
  const own = instance();
  if (own.memory === undefined && !isMainThread) own.inherited ??= address;
}

/** Shared memory, opened now if it was not. @throws SharedMemoryError without koffi */
export function memory(): Memory {
  const own = instance();
  if (own.memory === undefined) {
    own.memory = open(own);
    for (const action of own.onOpen) action();
  }
  return own.memory;
}

/** Shared memory if this thread has opened it. */
export function openedMemory(): Memory | undefined {
  return instance().memory;
}

/** Runs when this thread has opened shared memory. */
export function whenOpened(action: () => void): void {
  if (instance().memory === undefined) instance().onOpen.add(action);
  else action();
}

/** Runs at the thread's exit, before it gives up what it holds. */
export function beforeRelease(action: () => void): void {
  instance().onExit.add(action);
}

function open(own: Instance): Memory {
  // Worker threads share their process's descriptors, so the address of the thread that opened first serves them all.
  const address = own.inherited ?? (getEnvironmentData(ENVIRONMENT_KEY) as SessionAddress | undefined);
  const session = address === undefined ? createSession() : joinSession(address, true);
  if (address === undefined && isMainThread) setEnvironmentData(ENVIRONMENT_KEY, { ...session.address });
  const memory = new Memory(session);
  process.once('exit', () => release(own, memory));
  return memory;
}

function release(own: Instance, memory: Memory): void {
  for (const action of own.onExit) action();
  memory.sweep(memory.slot);
}
