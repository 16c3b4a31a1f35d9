import { readFileSync } from 'node:fs';

/** Numbers of the system calls in which a thread of Node sleeps; others are not told apart. From the kernel's tables. */
const NAMES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  x64: {
    0: 'read',
    1: 'write',
    7: 'poll',
    20: 'writev',
    23: 'select',
    35: 'nanosleep',
    42: 'connect',
    44: 'sendto',
    46: 'sendmsg',
    61: 'wait4',
    72: 'fcntl',
    73: 'flock',
    74: 'fsync',
    75: 'fdatasync',
    202: 'futex',
    230: 'clock_nanosleep',
    232: 'epoll_wait',
    270: 'pselect6',
    271: 'ppoll',
    281: 'epoll_pwait',
    441: 'epoll_pwait2',
  },
  arm64: {
    22: 'epoll_pwait',
    25: 'fcntl',
    32: 'flock',
    63: 'read',
    64: 'write',
    66: 'writev',
    72: 'pselect6',
    73: 'ppoll',
    82: 'fsync',
    83: 'fdatasync',
    98: 'futex',
    101: 'nanosleep',
    115: 'clock_nanosleep',
    203: 'connect',
    206: 'sendto',
    211: 'sendmsg',
    260: 'wait4',
    441: 'epoll_pwait2',
  },
};

/** A call of the kernel in which a thread sleeps. */
export interface SystemCall {
  readonly name: string;
  readonly args: readonly number[];
}

/**
 * The call in which a thread sleeps; `null`: it runs, or that may not be known.
 * @param whose pid of a process, for its main thread, or `PID/task/TID`
 */
export function systemCall(whose: number | string): SystemCall | null {
  try {
    const [number, ...args] = readFileSync(`/proc/${whose}/syscall`, 'utf8').trim().split(' ');
    const name = syscallName(Number(number));
    return name === undefined ? null : { name, args: args.map(Number) };
  } catch {
    return null;
  }
}

function syscallName(number: number): string | undefined {
  return NAMES[process.arch]?.[number];
}
