import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scriptOf } from '../../base/node-argv.ts';
import { type OsProcess, processTable } from '../../session/os/index.ts';
import { type Glance, type ProgramSystem, programSystem } from '../system/index.ts';
import { isNodeCommand, shortName } from './names.ts';

/** A Node program that runs on this machine, by its topmost process. */
export interface RunningProgram {
  readonly pid: number;
  /** Tells two processes with the same pid apart; '' where the system does not say. */
  readonly start: string;
  readonly name: string;
  readonly command: string;
  readonly cwd: string;
  /** Processes in its tree, itself included. */
  readonly processes: number;
  /** Milliseconds that it has lived; `null`: not known. */
  readonly age: number | null;
  /** Percent of one core, of all of its processes together, over a moment; `null`: not known. */
  readonly cpu: number | null;
  /** What the main thread of one of its processes stands in, while none of them uses a processor. */
  readonly stands: Glance['stands'];
  /** Milliseconds since any of its processes was last on a processor; `null`: not known. */
  readonly idle: number | null;
  /** Whether it may hang, likeliest first: it stands in something, computes without end, or has not run for long. */
  readonly condition: ProgramCondition;
  /** Why it may not be looked into, in words; `null`: it may. */
  readonly barrier: string | null;
  /** It was started under trace. */
  readonly traced: boolean;
}

/** `barred`: it may not be looked into. */
export const PROGRAM_CONDITIONS = ['stands', 'busy', 'idle', 'runs', 'barred'] as const;
export type ProgramCondition = (typeof PROGRAM_CONDITIONS)[number];

export interface ListOptions {
  /** Folders of programs that are not the user's: those of the editor. */
  readonly without: readonly string[];
  /** Folder of Forkscope's own scripts: launchers, which may wait for a key when their program has ended, and the like. */
  readonly own?: string;
}

/** The processor use is taken over this long, ms. */
const CPU_OVER = 300;
/** Below so many percent of a core, all processes together, a program is quiet. */
const QUIET = 2;
/** A process that uses so much of a core, and has since it began, computes; percent and ms. */
const BUSY = { now: 80, ever: 60, age: 10_000 };
/** Quiet for so long, ms, a program may hang; servers that nobody asks are so too. */
const IDLE = 10_000;
/** How Node's main thread is called by the system. */
const NODE_NAME = /^(node|MainThread)$/;

/** The Node programs of this machine, those that may hang first. */
export async function runningPrograms(options: ListOptions): Promise<RunningProgram[]> {
  const system = programSystem();
  const table = processTable();
  const since = new Map((await table.descendants([0])).map(({ pid, cpu }) => [pid, cpu]));
  await sleep(CPU_OVER);
  const all = await table.descendants([0]);
  const tree = new Tree(all, options, system);
  return tree
    .tops()
    .map((top) => describe(top, tree, system, since))
    .sort((a, b) => rank(a) - rank(b) || (b.idle ?? 0) - (a.idle ?? 0) || a.pid - b.pid);
}

function rank({ condition }: RunningProgram): number {
  return PROGRAM_CONDITIONS.indexOf(condition);
}

function conditionOf(
  { barrier, stands, idle }: Pick<RunningProgram, 'barrier' | 'stands' | 'idle'>,
  busy: boolean,
): ProgramCondition {
  if (barrier !== null) return 'barred';
  if (stands !== null) return 'stands';
  if (busy) return 'busy';
  return (idle ?? 0) >= IDLE ? 'idle' : 'runs';
}

class Tree {
  private readonly byPid: ReadonlyMap<number, OsProcess>;
  private readonly children = new Map<number, OsProcess[]>();
  private readonly nodes = new Set<number>();
  private readonly system: ProgramSystem;

  constructor(all: readonly OsProcess[], options: ListOptions, system: ProgramSystem) {
    this.system = system;
    this.byPid = new Map(all.map((entry) => [entry.pid, entry]));
    for (const entry of all) {
      const siblings = this.children.get(entry.ppid) ?? [];
      this.children.set(entry.ppid, [...siblings, entry]);
    }
    const above = new Set([process.pid, ...this.above(process.pid)]);
    for (const entry of all)
      if (!above.has(entry.pid) && this.isNode(entry, options)) this.nodes.add(entry.pid);
  }

  /** Node processes that no other one of them has started, however far up. */
  tops(): OsProcess[] {
    return [...this.byPid.values()].filter(
      ({ pid }) => this.nodes.has(pid) && !this.above(pid).some((parent) => this.nodes.has(parent)),
    );
  }

  members(top: OsProcess): OsProcess[] {
    const found = new Set([top]);
    for (const entry of found) for (const child of this.children.get(entry.pid) ?? []) found.add(child);
    return [...found];
  }

  words(entry: OsProcess): readonly string[] {
    return entry.argv ?? this.system.argv(entry.pid);
  }

  has(pid: number): boolean {
    return this.nodes.has(pid);
  }

  private above(pid: number): number[] {
    const pids = new Set<number>();
    for (let at = this.byPid.get(pid)?.ppid; at !== undefined && !pids.has(at); at = this.byPid.get(at)?.ppid)
      pids.add(at);
    return [...pids];
  }

  private isNode(entry: OsProcess, { without, own }: ListOptions): boolean {
    const words = () => this.words(entry);
    const first = () => words()[0] ?? entry.command.split(' ')[0] ?? '';
    // Its script only: a program that is traced may name what traces it.
    const isOwn = () => own !== undefined && path.dirname(scriptOf(words()) ?? '') === own;
    // Of another user's process only the name and the command line are told.
    const isNode =
      entry.isNode === true ||
      ((entry.isNode === undefined || NODE_NAME.test(entry.name)) && isNodeCommand(first()));
    return isNode && !words().some((word) => without.some((folder) => word.startsWith(folder))) && !isOwn();
  }
}

function describe(
  top: OsProcess,
  tree: Tree,
  system: ProgramSystem,
  since: ReadonlyMap<number, number | null>,
): RunningProgram {
  const members = tree.members(top);
  const glances = members.map(({ pid }) => ({ pid, ...system.glance(pid) }));
  const known = members.flatMap(({ cpu }) => (cpu === null ? [] : [cpu]));
  const cpu = known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  const idle = glances.map((glance) => glance.idle);
  const words = tree.words(top);
  const isQuiet = cpu !== null && cpu < QUIET;
  const computes = ({ pid, cpu: now, age = 0 }: OsProcess): boolean =>
    (now ?? 0) >= BUSY.now && (since.get(pid) ?? 0) >= BUSY.ever && age >= BUSY.age;
  const facts = {
    stands: isQuiet
      ? (glances.find(({ pid, stands }) => tree.has(pid) && stands !== null)?.stands ?? null)
      : null,
    idle: idle.includes(null) ? null : Math.min(...idle.map(Number)),
    barrier: system.barrier(top.pid),
  };
  return {
    pid: top.pid,
    start: top.start,
    name: shortName({ argv: words.length > 0 ? words : [top.command], pid: top.pid }),
    command: words.length > 0 ? words.join(' ') : top.command,
    cwd: system.cwd(top.pid),
    processes: members.length,
    age: top.age ?? null,
    cpu,
    ...facts,
    condition: conditionOf(facts, members.some(computes)),
    traced: glances.some(({ traced }) => traced),
  };
}
