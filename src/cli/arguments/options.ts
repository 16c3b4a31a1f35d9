import { InvalidArgumentError, Option } from 'commander';
import {
  type FindingKind,
  FindingOptionError,
  type FindingOptions,
  findingKind,
  thresholdsOf,
} from '../../model/index.ts';
import type { ExportFormat } from '../../session/export/formats.ts';

/** Which findings are told, and by which numbers. */
export interface FindingFlags {
  /** `--ignore-finding`. */
  readonly ignoreFinding: readonly FindingKind[];
  readonly threshold: readonly (readonly [string, number])[];
}

/**
 * The least that makes a run fail: a proven hang; a likely one too; or anything that was found. `open-handles`: a hang, or that
 * the program had nothing left to do and had to be stopped.
 */
export const FAIL_ON = ['certain', 'suspected', 'hazard', 'open-handles'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** How the program is run and what is recorded of it. */
export interface RunOptions extends FindingFlags {
  readonly trace?: string;
  /** Folder in which a folder for the trace is made. */
  readonly traces?: string;
  readonly json?: string;
  /** `--no-report`. */
  readonly report: boolean;
  readonly watch?: true;
  readonly onDeadlock: 'wait' | 'kill';
  readonly failOn?: FailOn;
  readonly node?: string;
  readonly nodeArg: readonly string[];
  readonly cwd?: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** `--no-stdio`. */
  readonly stdio: boolean;
  readonly callSites: 'off' | 'sampled' | 'all';
  readonly awaits?: true;
  /** Megabytes. */
  readonly maxStreamSize?: number;
  /** Wait for a key at the end. */
  readonly hold?: true;
}

/** A program that the editor's debugger runs. */
export interface AttendRunOptions extends RunOptions {
  /** NODE_OPTIONS that it has of its own. */
  readonly nodeOptions?: string;
}

export interface ViewOptions extends FindingFlags {}
export interface ReportOptions extends FindingFlags {
  readonly json?: string | true;
}
export interface VerifyOptions {
  /** A JSON report in place of what is found now. */
  readonly report?: string;
}
export interface ExportOptions {
  readonly format: ExportFormat;
  readonly output: string;
  readonly redact?: true;
}

export interface PackOptions {
  readonly output?: string;
  readonly sources?: true;
}

export interface InspectOptions {
  readonly json?: true;
  /** What is done to the program is agreed to. */
  readonly yes?: true;
  /** Megabytes. */
  readonly heap?: number;
}

/** What the editor asks. */
export interface LookOptions {
  /** Folders of programs that are not listed: the editor's own. */
  readonly without: readonly string[];
}

export interface McpOptions {
  /** Programs may be run. */
  readonly allowRun?: true;
  /** `--no-redact`: command lines and folders are told too. */
  readonly redact: boolean;
}

export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Of all commands that tell findings. */
export function findingFlags(): Option[] {
  return [
    new Option(
      '--ignore-finding <kind>',
      'leave out findings of this kind (repeatable; docs/findings.md has them)',
    )
      .argParser((text, before: readonly FindingKind[]) => [...before, checked(() => findingKind(text))])
      .default([], 'none'),
    new Option(
      '--threshold <kind.name=number>',
      'a number by which a finding goes, as lock-cycle.suspectAfter=2000; without a kind it is set for all (repeatable)',
    )
      .argParser((text, before: FindingFlags['threshold']) => [...before, ...thresholds(text)])
      .default([], "the rules' own"),
  ];
}

/** What a command's flags say about findings. */
export function findingOptionsOf({ ignoreFinding, threshold }: FindingFlags): FindingOptions {
  return { disabled: new Set(ignoreFinding), thresholds: new Map(threshold) };
}

function thresholds(text: string): [string, number][] {
  const [, name, value] = /^([^=]+)=(\S+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Write KIND.NAME=NUMBER.');
  return checked(() => thresholdsOf(name, Number(value)));
}

function checked<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FindingOptionError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
}

export function runOptions(): Option[] {
  return [
    new Option(
      '--trace <dir>',
      'write the trace to this new or empty folder (default: one in the temporary folder)',
    ).argParser(named),
    new Option('--traces <dir>', 'write the trace to a new folder in this one')
      .argParser(named)
      .conflicts('trace'),
    new Option('--json <file>', 'write the report as JSON to this file at the end').argParser(outputFile),
    new Option('--no-report', 'no report on stderr at the end'),
    new Option('--watch', 'draw the living process tree on the terminal'),
    new Option('--on-deadlock <what>', 'what to do about a certain deadlock; a killed run exits with 3')
      .choices(['wait', 'kill'])
      .default('wait'),
    new Option(
      '--fail-on <what>',
      'exit with 4 where the program succeeded, and a hang was certain, or only suspected, or anything was found; or where it had nothing left to do and had to be stopped',
    ).choices(FAIL_ON),
    new Option('--node <path>', 'the Node that runs the script (default: the node of PATH)').argParser(named),
    new Option('--node-arg <arg>', 'an argument for Node itself, before the script (repeatable)')
      .argParser(collect)
      .default([], 'none'),
    new Option('--cwd <dir>', 'working folder of the program').argParser(named),
    new Option(
      '--include <pattern>',
      'trace only children whose command line has this text or glob (repeatable)',
    )
      .argParser(collect)
      .default([], 'all'),
    new Option(
      '--exclude <pattern>',
      'do not trace children whose command line has this text or glob (repeatable)',
    )
      .argParser(collect)
      .default([], 'none'),
    new Option('--no-stdio', 'do not count the bytes on the pipes of child processes'),
    new Option('--call-sites <which>', 'call sites of messages')
      .choices(['off', 'sampled', 'all'])
      .default('sampled'),
    new Option(
      '--awaits',
      'watch the awaits of the program, and have the garbage collector say which of them can never go on',
    ),
    new Option(
      '--max-stream-size <megabytes>',
      'most that a thread keeps on disk, oldest records go first; 0: no limit',
    )
      .argParser(megabytes)
      .default(undefined, '512'),
    ...findingFlags(),
    new Option('--hold', 'wait for a key at the end, on a terminal that closes then'),
  ];
}

/** Options of what looks into a running program. */
export function inspectOptions(): Option[] {
  return [
    new Option('--yes', 'do not ask: what is done to the program is agreed to'),
    new Option('--json', 'as JSON on stdout'),
    new Option(
      '--heap <megabytes>',
      'search heaps up to this size for suspended async functions; the thread stands still meanwhile',
    )
      .argParser(megabytes)
      .default(undefined, '24'),
  ];
}

export function processId(value: string): number {
  const pid = Number(value);
  if (!/^\d+$/.test(value) || pid < 1 || pid > 0x7fffffff)
    throw new InvalidArgumentError('It must be the number of a process.');
  return pid;
}

/** A number is a process; a folder whose name is one can be given as `./NUMBER`. */
export function traceOrProcess(value: string): string | number {
  return /^\d+$/.test(value) ? processId(value) : named(value);
}

function megabytes(value: string): number {
  if (!/^\d{1,7}$/.test(value)) throw new InvalidArgumentError('It must be a whole number of megabytes.');
  return Number(value);
}

/** A variable of a script that is empty would otherwise mean the current folder. */
export function named(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

export function outputFile(value: string): string {
  if (value === '-') throw new InvalidArgumentError('Give a file.');
  return named(value);
}
