import { baseName } from '../words/index.ts';
import type { ProcessEntity } from './entities.ts';

/** What a process is called, before it is told from others. */
interface OwnName {
  readonly name: string;
  /** Somebody has chosen it: it is not the name of a file. */
  readonly chosen: boolean;
}

/** From so many equal names on arguments tell nobody apart any more, and comparing them takes long. */
const MOST_ALIKE = 200;

/**
 * The names of all processes, no two the same: what the program or its parent calls it, else its script or program; of equal
 * ones the arguments by which they differ, else the pid.
 */
export class ProcessNames {
  /** By what they are called themselves. */
  private readonly groups = new Grouped();
  /** By what they would be called with the arguments that differ. */
  private readonly candidates = new Grouped();

  /** Names processes that are new or have changed. Returns all whose name is another one now. */
  update(changed: Iterable<ProcessEntity>): ProcessEntity[] {
    const moved = new Set<string>();
    for (const process of changed)
      for (const name of this.groups.put(process, ownName(process).name)) moved.add(name);
    const renamed = new Set<string>();
    for (const name of moved)
      for (const [process, candidate] of told(name, this.groups.of(name)))
        for (const either of this.candidates.put(process, candidate)) renamed.add(either);
    return [...renamed].flatMap((name) => assign(name, this.candidates.of(name)));
  }
}

/** Processes by a key that may change. */
class Grouped {
  private readonly keys = new Map<ProcessEntity, string>();
  private readonly members = new Map<string, Set<ProcessEntity>>();

  of(key: string): readonly ProcessEntity[] {
    return [...(this.members.get(key) ?? [])];
  }
  /** Returns the keys whose members are others now. */
  put(process: ProcessEntity, key: string): readonly string[] {
    const before = this.keys.get(process);
    if (before === key) return [key];
    this.keys.set(process, key);
    const members = this.members.get(key) ?? new Set();
    this.members.set(key, members.add(process));
    if (before === undefined) return [key];
    this.members.get(before)?.delete(process);
    return [before, key];
  }
}

/** Gives a name to the only one that has it, and with the pid to each of several. */
function assign(name: string, members: readonly ProcessEntity[]): ProcessEntity[] {
  return members.filter((process) => {
    const given = members.length === 1 ? name : `${name} (${process.pid})`;
    const changed = process.name !== given;
    process.name = given;
    return changed;
  });
}

/** The members of a group with the arguments by which they differ. */
function told(name: string, group: readonly ProcessEntity[]): (readonly [ProcessEntity, string])[] {
  const isChosen = group.some((process) => ownName(process).chosen);
  if (group.length === 1 || group.length > MOST_ALIKE || isChosen)
    return group.map((process) => [process, name]);
  const common = commonArguments(group);
  return group.map((process) => {
    const differing = shown(argumentsOf(process).filter((argument) => !common.has(argument)));
    return [process, differing === '' ? name : `${name} ${differing}`];
  });
}

function ownName(process: ProcessEntity): OwnName {
  const { child, definition, firstTitle, parent } = process;
  const called = definition?.name ?? '';
  // A variable of the environment is inherited: then it is the parent's name.
  if (called !== '' && called !== parent?.definition?.name) return { name: called, chosen: true };
  if (child !== null && child.name !== '') return { name: child.name, chosen: true };
  // What the title is at the start is the system's affair.
  if (definition !== null && definition.title !== firstTitle) return { name: definition.title, chosen: true };
  return { name: programOf(process), chosen: false };
}

/** The script that a process runs, or its program, without folders. */
export function programOf({ child, definition, os, pid }: ProcessEntity): string {
  // Its files run below it, under their own names.
  if (definition?.execArgv.includes('--test')) return `${baseName(definition.execPath || 'node')} --test`;
  const script = definition?.argv[1];
  if (script !== undefined && !definition?.execArgv.some(isCode)) return baseName(script);
  if (definition !== null) return baseName(definition.execPath || 'node');
  const program = child?.file || child?.argv[0];
  if (program) return baseName(program);
  return os === null ? `process ${pid}` : baseName(os.name);
}

/** `node -e CODE a b`: there is no script, `a` is its first argument. */
function isCode(flag: string): boolean {
  return /^(-e|-p|-pe|--eval|--print)(=|$)/.test(flag);
}

/** Words of the command line behind the script or program. */
function argumentsOf({ child, definition }: ProcessEntity): readonly string[] {
  if (definition === null) return child?.argv.slice(1) ?? [];
  return definition.argv.slice(definition.execArgv.some(isCode) ? 1 : 2);
}

function commonArguments(group: readonly ProcessEntity[]): ReadonlySet<string> {
  const [first = new Set<string>(), ...others] = group.map((process) => new Set(argumentsOf(process)));
  return new Set([...first].filter((argument) => others.every((other) => other.has(argument))));
}

/** Longest argument that stands in a name, characters. */
const LONGEST_ARGUMENT = 24;
/** Most of them. */
const MOST_ARGUMENTS = 3;

/** Names go into exports and bug reports: what is long, or may be a secret, stays out of them. */
function shown(differing: readonly string[]): string {
  return differing
    .filter((argument) => argument.length <= LONGEST_ARGUMENT && /^[\w.,:=+@%/\\-]+$/.test(argument))
    .filter((argument) => !/pass|secret|token|key|auth|cred/i.test(argument))
    .slice(0, MOST_ARGUMENTS)
    .map((argument) => (/^[\\/]/.test(argument) ? baseName(argument) : argument))
    .join(' ');
}
