import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { ENV_SESSION } from '../../base/environment.ts';
import { systemCall } from '../../base/linux-syscalls.ts';
import { inspectPort, splitOptions } from './inspect-port.ts';
import { linksOf, parseTcp, parseUnix, type TcpSocket } from './linux-links.ts';
import type { Descriptor, Glance, Link, ProgramSystem, SystemThread } from './system.ts';

/** Unit of times in /proc: fixed at 100 a second for programs, whatever the kernel's own tick. */
const MS_PER_TICK = 10;
const LISTEN = '0A';
/** Node makes the loop of its main thread after two others; by descriptor, from 0. */
const MAIN_LOOP = 2;
const SIGUSR1_BIT = 1n << 9n;

/** What /proc tells; the ends of Unix sockets are known to `ss` (package iproute2) only. */
export class LinuxSystem implements ProgramSystem {
  barrier(pid: number): string | null {
    const own = process.getuid?.() ?? 0;
    const owner = /^Uid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1];
    if (owner === undefined) return 'there is no such process';
    if (own !== 0 && Number(owner) !== own) return 'it belongs to another user';
    if (link(`/proc/${pid}/ns/net`) !== link('/proc/self/ns/net'))
      return 'it runs in another network namespace (a container): run Forkscope inside of it';
    return null;
  }

  argv(pid: number): string[] {
    return read(`/proc/${pid}/cmdline`).replace(/\0$/, '').split('\0');
  }

  cwd(pid: number): string {
    return link(`/proc/${pid}/cwd`);
  }

  threads(pid: number): SystemThread[] {
    return list(`/proc/${pid}/task`).flatMap((tid) => {
      const text = read(`/proc/${pid}/task/${tid}/stat`);
      const close = text.lastIndexOf(')');
      if (close < 0) return [];
      const fields = text.slice(close + 2).split(' ');
      const [state = 'S'] = fields;
      return [
        {
          tid: Number(tid),
          name: text.slice(text.indexOf('(') + 1, close),
          state: state === 'R' ? 'running' : /[tT]/.test(state) ? 'stopped' : 'sleeping',
          cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
        } as const,
      ];
    });
  }

  inspectorPort(pid: number): number | null {
    const status = read(`/proc/${pid}/status`);
    const caught = BigInt(`0x${/^SigCgt:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    // A process that does not catch the signal would be ended by it.
    if ((caught & SIGUSR1_BIT) === 0n) return null;
    const options = /(?:^|\0)NODE_OPTIONS=([^\0]*)/.exec(read(`/proc/${pid}/environ`))?.[1] ?? '';
    const [, ...args] = this.argv(pid);
    return inspectPort([...splitOptions(options), ...args]);
  }

  listeningPorts(pid: number): number[] {
    const own = new Set(this.#descriptors(pid).map(({ inode }) => inode));
    return tcpSockets()
      .filter(({ state, inode }) => state === LISTEN && own.has(inode))
      .map(({ local }) => Number(local.slice(local.lastIndexOf(':') + 1)));
  }

  listener(port: number): number | null {
    const socket = tcpSockets().find(({ state, local }) => state === LISTEN && local.endsWith(`:${port}`));
    if (socket === undefined) return null;
    const owner = list('/proc').find(
      (pid) =>
        /^\d+$/.test(pid) && this.#descriptors(Number(pid)).some(({ inode }) => inode === socket.inode),
    );
    return Number(owner ?? 0);
  }

  nativeCall(pid: number): string | null {
    const call = systemCall(pid);
    if (call === null) return null;
    if (!call.name.startsWith('epoll')) return null;
    // A synchronous spawn turns a loop of its own, made after the thread's own one, and has a child.
    const polls = list(`/proc/${pid}/fd`)
      .filter((fd) => link(`/proc/${pid}/fd/${fd}`) === 'anon_inode:[eventpoll]')
      .map(Number)
      .sort((x, y) => x - y);
    const own = polls[MAIN_LOOP];
    const nested = own !== undefined && (call.args[0] ?? 0) > own;
    const children = read(`/proc/${pid}/task/${pid}/children`).trim();
    return nested && children !== '' ? 'a synchronous spawn: execSync and its like' : null;
  }

  blockedWrite(pid: number): number | null {
    const call = systemCall(pid);
    const writes = call !== null && /^(write|writev|sendto|sendmsg)$/.test(call.name);
    return writes ? (call.args[0] ?? null) : null;
  }

  glance(pid: number): Glance {
    const traced = read(`/proc/${pid}/environ`)
      .split('\0')
      .some((entry) => entry.startsWith(`${ENV_SESSION}=`));
    return { idle: idleTime(pid), stands: this.#stands(pid), traced };
  }

  #stands(pid: number): Glance['stands'] {
    if (this.threads(pid).find(({ tid }) => tid === pid)?.state === 'stopped') return 'stopped';
    if (this.nativeCall(pid) !== null) return 'spawn';
    if (this.blockedWrite(pid) !== null) return 'write';
    return systemCall(pid)?.name === 'futex' ? 'memory' : null;
  }

  async links(pids: readonly number[]): Promise<Link[]> {
    const open = pids.flatMap((pid) => this.#descriptors(pid).map((descriptor) => ({ pid, ...descriptor })));
    return linksOf(open, parseUnix(await unixSockets()), tcpSockets());
  }

  #descriptors(pid: number): Descriptor[] {
    return list(`/proc/${pid}/fd`).flatMap((name): Descriptor[] => {
      const [, kind, inode] = /^(pipe|socket):\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${name}`)) ?? [];
      if (kind === undefined) return [];
      const flags = Number.parseInt(
        /^flags:\s+(\d+)/m.exec(read(`/proc/${pid}/fdinfo/${name}`))?.[1] ?? '0',
        8,
      );
      const access = (['read', 'write', 'both'] as const)[flags & 3] ?? 'both';
      return [{ fd: Number(name), kind: kind as 'pipe' | 'socket', inode: Number(inode), access }];
    });
  }
}

/** By the kernel's own clock, so that nothing is assumed of it; not every kernel tells. */
function idleTime(pid: number): number | null {
  const now = lastRan('/proc/self/sched');
  const times = list(`/proc/${pid}/task`).map((tid) => lastRan(`/proc/${pid}/task/${tid}/sched`));
  // One that has not run yet has no time, and says nothing.
  const ran = times.filter((time) => time !== 0);
  if (ran.length === 0 || now === null || ran.includes(null)) return null;
  return Math.max(0, now - Math.max(...ran.map(Number)));
}

/** When a thread was last on a processor, ms; `null`: not told. */
function lastRan(file: string): number | null {
  const time = /^se\.exec_start\s*:\s*([\d.]+)/m.exec(read(file))?.[1];
  return time === undefined ? null : Number(time);
}

function tcpSockets(): TcpSocket[] {
  return [...parseTcp(read('/proc/net/tcp')), ...parseTcp(read('/proc/net/tcp6'))];
}

async function unixSockets(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ss', ['-xnaH'], {
      timeout: 2000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch {
    // Not installed: Unix sockets stay unknown.
    return '';
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
