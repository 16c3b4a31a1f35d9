import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MainSession } from '../../src/untraced/cdp/client.ts';
import { urlAt } from '../../src/untraced/cdp/open.ts';
import { forMs } from '../../src/untraced/cdp/patience.ts';
import { programSystem } from '../../src/untraced/system/index.ts';
import type { Case } from './types.ts';

/**
 * What a machine or a tool may do to programs beside tracing them. `busy`: every processor is taken by others. `coverage`: Node
 * collects coverage. `debugger`: one is attached to every process, and holds the second one for a while.
 */
export const STRESSES = ['busy', 'coverage', 'debugger'] as const;
export type Stress = (typeof STRESSES)[number];

/** How often it is looked for new processes, how long the second one is held, and how long an inspector may take to answer, ms. */
const LOOK_EVERY = 50;
const HOLDS = 5_000;
const ANSWERS_WITHIN = 20_000;

/**
 * Does the program stay what it is under the stress? One that is about a debugger brings its own: a process has one inspector, and
 * `inspector.open` throws where a debugger has opened it before.
 */
export function canBear({ input }: Pick<Case, 'input'>, stress: Stress | undefined): boolean {
  return stress !== 'debugger' || input?.ask !== 'debugger';
}

/** What a program of a run finds in its environment. */
export function stressEnvironment(stress: Stress | undefined, scratch: string): Record<string, string> {
  if (stress === 'coverage') return { NODE_V8_COVERAGE: path.join(scratch, 'coverage') };
  if (stress === 'debugger') return { NODE_OPTIONS: '--inspect=127.0.0.1:0' };
  return {};
}

/** A debugger for all processes of a run, as an editor's with "auto attach": it lets go of each when its program has ended. */
export class Attached {
  readonly #marked: () => readonly number[];
  readonly #known = new Set<number>();
  readonly #sessions = new Set<MainSession>();
  #count = 0;
  #over = false;

  /** @param marked pids of the run's processes */
  constructor(marked: () => readonly number[]) {
    this.#marked = marked;
    void this.#look();
  }

  end(): void {
    this.#over = true;
    for (const session of this.#sessions) session.close();
  }

  async #look(): Promise<void> {
    while (!this.#over) {
      for (const pid of this.#marked()) if (!this.#known.has(pid)) await this.#attach(pid);
      await delay(LOOK_EVERY);
    }
  }

  async #attach(pid: number): Promise<void> {
    const system = programSystem();
    // The tool itself is not the program; who waits for a debugger of its own is not for us to let run.
    const words = system.argv(pid).join(' ');
    if (words.includes('dist/cli.js') || /--inspect-(brk|wait)/.test(words)) this.#known.add(pid);
    // The inspector listens before a line of the program runs, so the first port is its.
    const [port] = this.#known.has(pid) ? [] : system.listeningPorts(pid);
    if (port === undefined) return;
    this.#known.add(pid);
    const url = await urlAt(port);
    const session = url && (await MainSession.open(url, forMs(ANSWERS_WITHIN)).catch(() => undefined));
    // Whoever does not answer has ended, or is about to.
    if (session) await this.#debug(session).catch(() => session.close());
  }

  async #debug(session: MainSession): Promise<void> {
    this.#sessions.add(session);
    // Node waits at the end of a program until whoever debugs it has gone.
    session.on('Runtime.executionContextDestroyed', () => session.close());
    let runs = false;
    session.on('Runtime.executionContextCreated', () => {
      runs = true;
    });
    await session.call('Runtime.enable');
    if (!runs) return session.close();
    await session.call('Debugger.enable');
    if (++this.#count !== 2) return;
    session.on('Debugger.paused', () => {
      setTimeout(() => session.tell('Debugger.resume'), HOLDS).unref();
    });
    session.tell('Debugger.pause');
  }
}

/** Whether a process has this in its environment. */
export function hasInEnvironment(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text);
  } catch {
    // It has ended meanwhile, or is somebody else's.
    return false;
  }
}
