import type { Probe } from '../context/shim.ts';
import { atomics } from './atomics.ts';
import { awaits } from './awaits.ts';
import { childProcesses } from './child-process.ts';
import { execve } from './execve.ts';
import { handles } from './handles.ts';
import { ipc } from './ipc.ts';
import { lifecycle } from './lifecycle.ts';
import { lockFiles } from './lock-files.ts';
import { names } from './names.ts';
import { ports } from './ports.ts';
import { runtime } from './runtime.ts';
import { stdio } from './stdio.ts';
import { syncSpawns } from './sync-spawn.ts';
import { webLocks } from './web-locks.ts';
import { workers } from './workers.ts';

/**
 * All probes, in the order of installation. A later one wraps the earlier ones, and so sees a call first: the probe of
 * children is installed after that of IPC, which then finds the spawn key in the child's environment.
 */
export const PROBES: readonly Probe[] = [
  lifecycle,
  names,
  runtime,
  ipc,
  childProcesses,
  stdio,
  handles,
  lockFiles,
  syncSpawns,
  execve,
  ports,
  atomics,
  webLocks,
  workers,
  awaits,
];
