import type { CdpSession } from '../cdp/client.ts';
import { NoAnswer } from '../cdp/client.ts';
import { FACTS_EXPRESSION, type ProgramFacts } from './program-facts.ts';
import { type Frame, Scripts } from './scripts.ts';
import { type Suspended, suspendedFunctions } from './suspended.ts';

/** A thread that turns its loop answers within this, ms; one that does not runs or waits in JavaScript. */
const ANSWERS_WITHIN = 400;
/** How long an interrupted thread may take to stop, ms. */
const STOPS_WITHIN = 600;
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
  const program = await evaluateFacts(session);
  if (program !== null) {
    const isSmall = program.heapUsed <= options.heapLimit;
    await session.call('Debugger.enable', {}, 1000);
    const suspended = isSmall ? await suspendedFunctions(session, scripts) : null;
    session.tell('Debugger.disable');
    return {
      facts: { where: 'loop', frames: [], program, suspended },
      pausedFrame: undefined,
      resume: () => {},
    };
  }
  return interrupted(session, scripts);
}

async function interrupted(session: CdpSession, scripts: Scripts): Promise<ThreadLook> {
  const silent = { where: 'native', frames: [], program: null, suspended: null } as const;
  try {
    await session.call('Debugger.enable', {}, STOPS_WITHIN);
    const paused = session.next('Debugger.paused', STOPS_WITHIN);
    session.tell('Debugger.pause');
    const stop = await paused;
    if (stop === null) return { facts: silent, pausedFrame: undefined, resume: () => {} };
    const { frames, first } = scripts.framesOf(stop);
    return {
      facts: { where: 'javascript', frames, program: null, suspended: null },
      pausedFrame: first,
      resume: () => {
        session.tell('Debugger.resume');
        session.tell('Debugger.disable');
      },
    };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { facts: silent, pausedFrame: undefined, resume: () => {} };
  }
}

async function evaluateFacts(session: CdpSession): Promise<ProgramFacts | null> {
  try {
    const expression = FACTS_EXPRESSION;
    const answer = await session.call(
      'Runtime.evaluate',
      { expression, returnByValue: true, silent: true, timeout: ANSWERS_WITHIN },
      ANSWERS_WITHIN,
    );
    const { result } = answer as { result?: { value?: unknown } };
    return typeof result?.value === 'string' ? (JSON.parse(result.value) as ProgramFacts) : null;
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
}
