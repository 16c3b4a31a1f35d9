import { type OsProcess, processTable } from '../../session/os/index.ts';
import { NotInspectable } from '../cdp/open.ts';
import { type InsideFacts, lookInside } from '../facts/process.ts';
import { SMALL_HEAP } from '../facts/thread.ts';
import { type Link, type ProgramSystem, programSystem, type SystemThread } from '../system/index.ts';
import { isNodeCommand } from './names.ts';

/** One process of a running program. */
export interface ProgramProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly isNode: boolean;
  /** Percent of one core since the look before; `null`: not known. */
  readonly cpu: number | null;
  /** Bytes resident; `null`: not known. */
  readonly memory: number | null;
  readonly systemThreads: readonly SystemThread[];
  /** The descriptor on which it sleeps in a write that finds no room. */
  readonly blockedWrite: number | null;
  /** The native call in which its main thread stands, as far as that is known without asking it. */
  readonly nativeCall: string | null;
  /** `null`: it was not looked into, and `reason` says why. */
  readonly inside: InsideFacts | null;
  readonly reason: string;
}

/** A running program that nobody traces, as it was found. */
export interface Program {
  readonly root: number;
  readonly processes: readonly ProgramProcess[];
  readonly links: readonly Link[];
}

export interface ProgramOptions {
  /** Search heaps up to this size for suspended async functions, bytes. */
  readonly heapLimit?: number;
  /** Called before a process is looked into. */
  readonly onProcess?: (pid: number, index: number, count: number) => void;
  readonly signal?: AbortSignal;
}

/** The processor use of a process is taken over this long, ms. */
const CPU_OVER = 200;

/**
 * Looks into a process and all below it, one after the other: their inspectors would open on the same port.
 * @throws NotInspectable when there is no such process, or it may not be looked at
 */
export async function inspectProgram(root: number, options: ProgramOptions = {}): Promise<Program> {
  const system = programSystem();
  const barrier = system.barrier(root);
  if (barrier !== null) throw new NotInspectable(barrier);
  const table = processTable();
  await table.descendants([root]);
  await new Promise((resolve) => setTimeout(resolve, CPU_OVER));
  const tree = (await table.descendants([root])).filter(({ pid }) => pid !== process.pid);
  if (tree.length === 0) throw new NotInspectable('there is no such process');
  const outside = tree.map((entry) => outsideOf(entry, system));
  const links = await system.links(tree.map(({ pid }) => pid));
  const processes: ProgramProcess[] = [];
  for (const [index, entry] of outside.entries()) {
    options.signal?.throwIfAborted();
    options.onProcess?.(entry.pid, index, outside.length);
    processes.push({ ...entry, ...(await insideOf(entry, system, options)) });
  }
  return { root, processes, links };
}

type Outside = Omit<ProgramProcess, 'inside' | 'reason'>;

function outsideOf({ pid, ppid, command, isNode, cpu, memory }: OsProcess, system: ProgramSystem): Outside {
  const argv = system.argv(pid);
  return {
    pid,
    ppid,
    argv: argv.length > 0 ? argv : [command],
    cwd: system.cwd(pid),
    isNode: isNode ?? isNodeCommand(argv[0] ?? command.split(' ')[0] ?? ''),
    cpu,
    memory,
    systemThreads: system.threads(pid),
    blockedWrite: system.blockedWrite(pid),
    nativeCall: system.nativeCall(pid),
  };
}

async function insideOf(
  { pid, isNode, blockedWrite }: Outside,
  system: ProgramSystem,
  { heapLimit = SMALL_HEAP }: ProgramOptions,
): Promise<Pick<ProgramProcess, 'inside' | 'reason'>> {
  const why = isNode ? system.barrier(pid) : 'it is not a Node.js program';
  if (why !== null) return { inside: null, reason: why };
  // Asked now, it would answer when somebody reads, and nobody would be there to close its inspector.
  if (blockedWrite !== null)
    return { inside: null, reason: `its main thread stands in a write to descriptor ${blockedWrite}` };
  try {
    return { inside: await lookInside(pid, system, { heapLimit }), reason: '' };
  } catch (error) {
    if (!(error instanceof NotInspectable)) throw error;
    return { inside: null, reason: error.message };
  }
}
