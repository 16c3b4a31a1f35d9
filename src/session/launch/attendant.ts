import { ENV_SESSION, ENV_SPAWN, type ShimOptions } from '../../base/environment.ts';
import type { OsSampler, TracedThreads } from '../os/sampler.ts';
import { type Begun, begin, filesFor, prepare } from './begin.ts';
import { tracedEnvironment } from './environment.ts';
import { samplerOf } from './sampler.ts';
import { checkFolder, type LaunchTarget } from './target.ts';

/** Milliseconds for which processes that outlive the rest are awaited. */
const LAST_MOMENTS = 1000;

export interface AttendOptions {
  readonly target: LaunchTarget;
  readonly cwd?: string | undefined;
  /** Where Node is looked for. */
  readonly env: NodeJS.ProcessEnv;
  /** NODE_OPTIONS that the program is to have beside ours. */
  readonly nodeOptions: string;
  readonly node?: string | undefined;
  readonly trace?: string | undefined;
  readonly shim?: Partial<ShimOptions> | undefined;
  /** Folder of the built files (`dist`). */
  readonly bundles: string;
  /** Processes without a stream of their own are reported as seen from outside. */
  readonly traced: TracedThreads;
}

/** What somebody else needs to start a program that belongs to the session. */
export interface Invitation {
  /** The executable to start. */
  readonly file: string;
  /** Arguments for Node, before the script; empty: it loads the script alone. */
  readonly execArgv: readonly string[];
  /** To be added to the program's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of what the program loads from Forkscope: no code of the user's is there. */
  readonly files: string;
}

/**
 * A session whose processes somebody else starts: a debugger. It has as many roots as are started with its environment, and
 * lasts until it is told that no more will come.
 */
export class Attendant {
  readonly dir: string;
  readonly invitation: Invitation;
  readonly #begun: Begun;
  readonly #sampler: OsSampler;

  constructor(begun: Begun, invitation: Invitation, traced: TracedThreads) {
    this.dir = begun.dir;
    this.invitation = invitation;
    this.#begun = begun;
    this.#sampler = samplerOf(begun, traced);
    this.#sampler.watch();
  }

  /** Is any process of the session there, as of the last look? */
  get isBusy(): boolean {
    return this.#sampler.pids.length > 0;
  }

  /** These processes have told that they belong to the session. */
  joined(pids: readonly number[]): void {
    this.#sampler.include(pids);
  }

  /** Looks now who is there. */
  async look(): Promise<void> {
    await this.#sampler.look().catch(() => undefined);
  }

  /** Whoever has started the program ends it. */
  interrupted(signal: string): void {
    const { writer } = this.#begun;
    writer.write({ type: 'interrupted', time: writer.clock.now(), signal });
  }

  /**
   * Writes the end of the session.
   * @param unended pids of processes whose end the trace does not show: whoever is gone by now has ended
   */
  async finish(unended: readonly number[]): Promise<void> {
    await this.#sampler.stop();
    this.#sampler.include(unended);
    await this.look();
    await this.#sampler.awaitEnds(LAST_MOMENTS).catch(() => undefined);
    const { writer } = this.#begun;
    writer.write({ type: 'end', time: writer.clock.now() });
    writer.close();
  }
}

/**
 * Begins a session for a program that somebody else starts.
 * @throws UserError in words for the user; then no trace is left behind by default
 */
export async function attend(options: AttendOptions): Promise<Attendant> {
  const { env, nodeOptions, bundles, traced: threads } = options;
  const cwd = checkFolder(options.cwd ?? process.cwd());
  const files = filesFor(bundles, env);
  const { file, argv, execArgv } = await prepare(options, cwd, env, files);
  const begun = begin({ ...options, cwd, files, argv: [file, ...argv] });
  const traced = tracedEnvironment({ NODE_OPTIONS: nodeOptions }, begun.environment, begun.spawnKey, [
    file,
    ...argv,
  ]);
  const invitation: Invitation = {
    file,
    execArgv,
    env: pick(traced, ['NODE_OPTIONS', ENV_SESSION, ENV_SPAWN]),
    files,
  };
  return new Attendant(begun, invitation, threads);
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, env[name] ?? '']));
}
