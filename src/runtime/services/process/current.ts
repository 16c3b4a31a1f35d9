/** Who am I: `currentProcess`, `parentProcess`, `activeChildren`. */
import { processState } from '../../../shm/liveness.ts';
import { limitOf, type TimeLimit } from '../../core/arguments/options.ts';
import { TypeMismatch } from '../../core/errors/errors.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { Listeners } from '../../core/waits/listeners.ts';
import { liveChildren } from './children.ts';
import { Process, standHere } from './process.ts';
import { current, newState } from './state.ts';

let here: Process | undefined;

/** The Process object of this process: in a child the one that runs, in the first process one named `MainProcess`. */
export function currentProcess(): Process {
  if (here === undefined) {
    const main = Object.create(Process.prototype) as Process;
    const { name, daemon } = current;
    setCurrentProcess(main, newState({ name, daemon, target: undefined, args: [], kwargs: undefined }));
    return main;
  }
  return here;
}

export function setCurrentProcess(object: Process, state: ReturnType<typeof newState>): void {
  standHere(object, state);
  here = object;
}

/** The parent as its child sees it. */
export class ParentProcess {
  readonly pid: number;
  readonly name: string;
  readonly #listeners = new Listeners();
  #alive = true;

  private constructor(pid: number, name: string, ended: Promise<void>) {
    if (!(ended instanceof Promise)) throw new TypeMismatch('a ParentProcess comes from parentProcess()');
    this.pid = pid;
    this.name = name;
    void ended.then(() => {
      this.#alive = false;
      this.#listeners.tell();
    });
  }

  /** @internal */
  static of(pid: number, name: string, ended: Promise<void>): ParentProcess {
    return new ParentProcess(pid, name, ended);
  }

  isAlive(): boolean {
    return this.#alive && processState(this.pid).alive;
  }

  /** Resolves when the parent has ended, or after `timeout` seconds. A child ends by itself soon after. */
  async join(timeout?: TimeLimit): Promise<void> {
    const { ms, signal } = limitOf(timeout);
    signal?.throwIfAborted();
    if (this.#alive) await this.#listeners.wait(ms, signal);
  }
}

let parent: ParentProcess | null = null;
export function setParentProcess(process: ParentProcess): void {
  parent = process;
}

/** The process that started this one; null in the first process. */
export function parentProcess(): ParentProcess | null {
  return parent;
}

/** The children that run now. */
export function activeChildren(): Process[] {
  return liveChildren();
}

refuseTransfer(ParentProcess.prototype, 'ParentProcess', 'every process has its own');
