/** What the runtime knows of a Process object, kept beside it, so that a subclass's own fields are all that it has. */
import type { ChildProcess } from 'node:child_process';
import type { ChildInfo } from '../../../base/channels.ts';
import type { Target } from '../../core/functions/reference.ts';

export interface State {
  name: string;
  daemon: boolean;
  /** A daemon for its parent only: it may start processes, and does not count as one itself. */
  free: boolean;
  readonly target: Target | undefined;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>> | undefined;
  /** For the child; undefined: this process's own. */
  authkey: Buffer | undefined;
  /** `here`: this object stands for the process that it is in. */
  phase: 'initial' | 'starting' | 'started' | 'here' | 'closed';
  /** Settles with `start`. */
  starting: Promise<void> | undefined;
  /** Who started it, as `noteCaller` gives it; 0: not known. */
  site: number;
  child: ChildProcess | undefined;
  info: ChildInfo | undefined;
  pid: number | null;
  exitCode: number | null;
  /** The child has said that it runs the runtime. */
  begun: boolean;
  readonly exited: Promise<number>;
  readonly resolveExited: (exitCode: number) => void;
  /** How many joins wait; the child keeps the loop alive while there is one. */
  joins: number;
}

export interface CurrentProcess {
  readonly name: string;
  readonly daemon: boolean;
  /** Counts the children that got a default name. */
  children: number;
}

/** The process that this is. Children set it before anything of the user's runs. */
export const current: CurrentProcess & { name: string; daemon: boolean } = {
  name: 'MainProcess',
  daemon: false,
  children: 0,
};

/** `Process-1`, and below `Process-3` `Process-3:1`. */
export function defaultName(): string {
  current.children++;
  const prefix = current.name === 'MainProcess' ? 'Process-' : `${current.name}:`;
  return `${prefix}${current.children}`;
}

export function newState(fields: Pick<State, 'name' | 'daemon' | 'target' | 'args' | 'kwargs'>): State {
  let resolveExited: (exitCode: number) => void = () => {};
  const exited = new Promise<number>((resolve) => {
    resolveExited = resolve;
  });
  return {
    ...fields,
    free: false,
    authkey: undefined,
    phase: 'initial',
    starting: undefined,
    site: 0,
    child: undefined,
    info: undefined,
    pid: null,
    exitCode: null,
    begun: false,
    exited,
    resolveExited,
    joins: 0,
  };
}
