import { setTimeout as delay } from 'node:timers/promises';
import type { CdpSession } from '../cdp/client.ts';
import { NoAnswer } from '../cdp/client.ts';
import { FACTS_EXPRESSION, LOOP_IDLE_EXPRESSION, type ProgramFacts } from './program-facts.ts';
import { type Frame, Scripts } from './scripts.ts';
import { type Suspended, suspendedFunctions } from './suspended.ts';

/** Whether a loop turns is seen over this long, ms; where it seems not to, over longer: others may have the processors. */
const IDLE_OVER = [30, 100, 300];
/** A loop that has been idle for so long meanwhile turns, ms. */
const LEAST_IDLE = 3;
/** Above so much a heap is not searched for suspended functions: it would hold the thread up, bytes. */
export const SMALL_HEAP = 24 * 1024 * 1024;

/** What one thread was found to do. */
export interface ThreadFacts {
  /** 0: the main thread. */
  readonly threadId: number;
  readonly name: string;
  /**
   * `loop`: it turns its event loop and answers; `javascript`: it runs, or waits synchronously, at `frames`; `native`: it does
   * not answer at all.
   */
  readonly where: 'loop' | 'javascript' | 'native';
  /** The user's frames, innermost first; empty in the loop. */
  readonly frames: readonly Frame[];
  /** `null`: not known. */
  readonly program: ProgramFacts | null;
  /** Async functions that wait at an `await`; `null`: they were not looked for. */
  readonly suspended: readonly Suspended[] | null;
}

export interface ThreadOptions {
  /** Search the heap for suspended functions also where it is large, bytes. */
  readonly heapLimit: number;
}

/** What a look at a thread found, and how to leave it. */
export interface ThreadLook {
  readonly facts: Omit<ThreadFacts, 'threadId' | 'name'>;
  /** The frame in which the thread is paused; it stays so until `resume`. */
  readonly pausedFrame: string | undefined;
  resume(): void;
}

/** Looks at one thread. It is paused only where it runs or waits in JavaScript. */
export async function lookAtThread(session: CdpSession, options: ThreadOptions): Promise<ThreadLook> {
  const scripts = new Scripts(session);
  const program = await factsOf(session);
  if (program === null || !(await turnsItsLoop(session))) return stopped(session, scripts, program);
  const isSmall = program.heapUsed <= options.heapLimit;
  const suspended = isSmall ? await suspendedIn(session, scripts) : null;
  const facts = { where: 'loop', frames: [], program, suspended } as const;
  return { facts, pausedFrame: undefined, resume: () => {} };
}

/** `null`: it did not answer, as where others have the processors for long. What is known of it otherwise is told all the same. */
async function suspendedIn(session: CdpSession, scripts: Scripts): Promise<readonly Suspended[] | null> {
  try {
    await session.call('Debugger.enable');
    return await suspendedFunctions(session, scripts);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return null;
  } finally {
    session.tell('Debugger.disable');
  }
}

async function stopped(
  session: CdpSession,
  scripts: Scripts,
  program: ProgramFacts | null,
): Promise<ThreadLook> {
  const silent = { where: 'native', frames: [], program, suspended: null } as const;
  const nothing = { facts: silent, pausedFrame: undefined, resume: () => session.tell('Debugger.disable') };
  try {
    await session.call('Debugger.enable');
    const paused = session.next('Debugger.paused');
    session.tell('Debugger.pause');
    const stop = await paused;
    if (stop === null) return nothing;
    const { frames, first } = scripts.framesOf(stop);
    return {
      facts: { where: 'javascript', frames, program, suspended: null },
      pausedFrame: first,
      resume: () => {
        session.tell('Debugger.resume');
        session.tell('Debugger.disable');
      },
    };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return nothing;
  }
}

/** Answers come also out of an endless loop or a synchronous wait; only a loop that turns has time to idle. */
async function turnsItsLoop(session: CdpSession): Promise<boolean> {
  const before = Number(await evaluate(session, LOOP_IDLE_EXPRESSION));
  for (const ms of IDLE_OVER) {
    await delay(ms);
    const after = Number(await evaluate(session, LOOP_IDLE_EXPRESSION));
    if (after - before > LEAST_IDLE) return true;
  }
  return false;
}

async function factsOf(session: CdpSession): Promise<ProgramFacts | null> {
  const text = await evaluate(session, FACTS_EXPRESSION);
  return typeof text === 'string' ? (JSON.parse(text) as ProgramFacts) : null;
}

/** The value of an expression in the thread; `undefined`: it does not answer. */
async function evaluate(session: CdpSession, expression: string): Promise<unknown> {
  try {
    const answer = await session.call('Runtime.evaluate', { expression, returnByValue: true, silent: true });
    return (answer as { result?: { value?: unknown } }).result?.value;
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}
