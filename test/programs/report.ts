import path from 'node:path';
import type { ChannelView, ProcessView, Report } from '../../src/model/types/index.ts';
import type { Counts } from './types.ts';

const SHELL = /^(sh|dash|bash|zsh|ash|ksh|cmd\.exe)$/;
const programOf = ({ argv }: ProcessView): string => path.basename(argv[0] ?? '').replace(/^-/, '');
const isNode = (name: string): boolean => /^node(\.exe)?$/.test(name);

/** What the JSON report of a traced run says. */
export function countsOf(report: Report): Counts {
  const { processes, resources } = report;
  const ipc = report.channels.filter(({ kind }) => kind === 'ipc');
  const [down, up] = [ipc.filter((c) => goesDown(c, report)), ipc.filter((c) => !goesDown(c, report))];
  const ports = report.channels.filter(({ kind }) => kind === 'port');
  const instrumented = processes.filter((p) => p.instrumented);
  const others = processes.filter((p) => !p.instrumented);
  return {
    processes: instrumented.length,
    nodeExecs: instrumented.length + others.filter((p) => isUntracedNode(p, processes)).length,
    shells: others.filter((p) => SHELL.test(programOf(p))).length,
    natives: others.filter((p) => !SHELL.test(programOf(p)) && !isNode(programOf(p))).length,
    threads: sum(instrumented, ({ threads }) => threads.filter((t) => t.threadId !== 0).length),
    ipcDown: sum(down, (c) => c.sent),
    ipcUp: sum(up, (c) => c.sent),
    ipcDownReceived: sum(down, (c) => c.received),
    ipcUpReceived: sum(up, (c) => c.received),
    portPosts: sum(ports, (c) => c.sent),
    workerPosts: sum(ports.filter(isWorkerPort), (c) => c.sent),
    atomicsWaits: sum(
      resources.filter(({ kind }) => kind === 'atomics'),
      (r) => r.acquisitions,
    ),
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number | null): number {
  return items.reduce((total, item) => total + (value(item) ?? 0), 0);
}

/** From a parent to its child. Told by either end, since the other may never have sent or received. */
function goesDown({ from, to }: ChannelView, { processes }: Report): boolean {
  const parentOf = (id: string | undefined) => processes.find((p) => p.id === id)?.parent;
  const [sender, receiver] = [from[0], to[0]];
  if (sender !== undefined && receiver !== undefined) return parentOf(receiver) === sender;
  return sender !== undefined && processes.some((p) => p.parent === sender) && parentOf(sender) === null;
}

/** The ports between a thread and the Worker object that started it, as the thread's starter writes them. */
function isWorkerPort({ name }: ChannelView): boolean {
  return /\bto worker\b/i.test(name);
}

/** A Node that ran no JavaScript (`node --version`): itself in the report, or else the shell that was to run it. */
function isUntracedNode(process: ProcessView, all: readonly ProcessView[]): boolean {
  if (isNode(programOf(process))) return true;
  const runsNode = SHELL.test(programOf(process)) && /^node\s/.test(process.argv.at(-1) ?? '');
  return runsNode && !all.some(({ parent }) => parent === process.id);
}

/** Over these Node itself starts a worker and carries its output: what it sends to a worker that ends is not received. */
const NODES_OWN = /^Node's own, /;

/** Channels whose two ends lived and that do not hand over what was sent, in words. */
export function unpairedChannels(report: Report): string[] {
  return report.channels
    .filter(({ kind, from, to, name, sent, received }) => {
      // Bytes of a pipe may end in a process that is not traced.
      if (kind === 'stdio') return false;
      if (from.length === 0 || to.length === 0) return false;
      return NODES_OWN.test(name) ? (received ?? 0) > (sent ?? 0) : received !== sent;
    })
    .map(({ kind, name, sent, received }) => `${kind} channel "${name}": ${sent} sent, ${received} received`);
}
