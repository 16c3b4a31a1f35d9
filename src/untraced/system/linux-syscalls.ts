/** Numbers of the system calls in which a thread of Node sleeps; others are not told apart. From the kernel's tables. */
const NAMES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  x64: {
    1: 'write',
    7: 'poll',
    20: 'writev',
    44: 'sendto',
    46: 'sendmsg',
    202: 'futex',
    232: 'epoll_wait',
    281: 'epoll_pwait',
    441: 'epoll_pwait2',
  },
  arm64: {
    22: 'epoll_pwait',
    64: 'write',
    66: 'writev',
    73: 'ppoll',
    98: 'futex',
    206: 'sendto',
    211: 'sendmsg',
    441: 'epoll_pwait2',
  },
};

export function syscallName(number: number): string | undefined {
  return NAMES[process.arch]?.[number];
}
