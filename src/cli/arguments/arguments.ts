import { Argument, Command, Option } from 'commander';
import { EXPORT_FORMATS } from '../../session/export/formats.ts';
import type { LaunchTarget } from '../../session/index.ts';
import {
  type AttendRunOptions,
  collect,
  type ExportOptions,
  findingFlags,
  type InspectOptions,
  inspectOptions,
  type LookOptions,
  type McpOptions,
  named,
  outputFile,
  type PackOptions,
  processId,
  type ReportOptions,
  type RunOptions,
  runOptions,
  traceOrProcess,
  type VerifyOptions,
  type ViewOptions,
} from './options.ts';
import { VERSION } from './version.ts';

/** What the commands do; each resolves with the exit code. */
export interface Actions {
  run(target: LaunchTarget, options: RunOptions): Promise<number>;
  /** For the editor: a session whose processes its debugger starts. */
  attend(target: LaunchTarget, options: AttendRunOptions): Promise<number>;
  report(dir: string, options: ReportOptions): Promise<number>;
  view(dir: string, options: ViewOptions): Promise<number>;
  export(dir: string, options: ExportOptions): Promise<number>;
  pack(dir: string, options: PackOptions): Promise<number>;
  verify(dir: string, options: VerifyOptions): Promise<number>;
  inspect(pid: number, options: InspectOptions): Promise<number>;
  /** @param what folder of a trace, or a process id */
  stacks(what: string | number, options: InspectOptions): Promise<number>;
  /** For the editor: which programs run, or a look into one. */
  look(pid: number | undefined, options: LookOptions): Promise<number>;
  mcp(dirs: readonly string[], options: McpOptions): Promise<number>;
}

/**
 * The command line. What stands after the script belongs to the script, and what stands after `--` is a command.
 * @param exit called with the exit code of the command that ran
 */
export function buildProgram(actions: Actions, exit: (code: number) => void): Command {
  const program = new Command('forkscope')
    .description(
      'See a multiprocess program from the inside while it runs: processes, queues, pipes, locks, deadlocks.',
    )
    .version(VERSION)
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride();
  program.addCommand(runCommand(program, actions, exit));
  program.addCommand(attendCommand(program, actions, exit), { hidden: true });
  const reportCommand = program
    .command('report')
    .description('say what happened in a trace')
    .addArgument(traceArgument())
    .option('--json [file]', 'as JSON, to the file or to stdout', named)
    .action(async (dir: string, options: ReportOptions) => exit(await actions.report(dir, options)));
  const viewCommand = program
    .command('view')
    .description('show the process tree of a trace; of a running one, until it ends')
    .addArgument(traceArgument())
    .action(async (dir: string, options: ViewOptions) => exit(await actions.view(dir, options)));
  addWriters(program, actions, exit);
  program
    .command('verify')
    .description('check every proven finding of a trace by its records alone')
    .addArgument(traceArgument())
    .option(
      '--report <file>',
      'a JSON report whose findings are checked, in place of those that are found now',
      named,
    )
    .action(async (dir: string, options: VerifyOptions) => exit(await actions.verify(dir, options)));
  for (const command of [reportCommand, viewCommand])
    for (const flag of findingFlags()) command.addOption(flag);
  addInspections(program, actions, exit);
  program
    .command('mcp')
    .description(
      'answer the questions of an agent about traces, by the Model Context Protocol on stdin and stdout',
    )
    .argument(
      '[dirs...]',
      'traces, and folders with traces in them, that are listed beside those in the temporary folder',
    )
    .option('--allow-run', 'let the agent run scripts under trace')
    .option('--no-redact', 'tell command lines and folders too')
    .action(async (dirs: string[], options: McpOptions) => exit(await actions.mcp(dirs, options)));
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** Commands that write a trace as a file. */
function addWriters(program: Command, actions: Actions, exit: (code: number) => void): void {
  program
    .command('export')
    .description('convert a trace for other viewers')
    .addArgument(traceArgument())
    .addOption(
      new Option('--format <format>', 'format of the file').choices(EXPORT_FORMATS).default('chrome'),
    )
    .requiredOption('-o, --output <file>', 'file to write', outputFile)
    .option('--redact', 'leave out command lines and folders')
    .action(async (dir: string, options: ExportOptions) => exit(await actions.export(dir, options)));
  program
    .command('pack')
    .description('write a trace as one compressed file, which every command and the editor open')
    .addArgument(new Argument('<dir>', 'folder of the trace').argParser(named))
    .option('-o, --output <file>', 'file to write (default: named as the folder, here)', outputFile)
    .option('--sources', 'put the sources in that its stacks name, as far as they are as they ran')
    .action(async (dir: string, options: PackOptions) => exit(await actions.pack(dir, options)));
}

function addInspections(program: Command, actions: Actions, exit: (code: number) => void): void {
  const inspect = program
    .command('inspect')
    .description('look into a running program that nobody traced')
    .addArgument(new Argument('<pid>', 'the topmost process of the program').argParser(processId))
    .action(async (pid: number, options: InspectOptions) => exit(await actions.inspect(pid, options)));
  const stacks = program
    .command('stacks')
    .description('show where all threads of a trace or of a running program stand, equal stacks merged')
    .addArgument(
      new Argument(
        '<trace|pid>',
        'folder of the trace or the file of forkscope pack, or the topmost process',
      ).argParser(traceOrProcess),
    )
    .action(async (what: string | number, options: InspectOptions) =>
      exit(await actions.stacks(what, options)),
    );
  program.addCommand(lookCommand(program, actions, exit), { hidden: true });
  for (const command of [inspect, stacks]) for (const option of inspectOptions()) command.addOption(option);
}

/** As everything that the tool says: one line, and who says it. */
function oneLine(error: string): string {
  const text = error
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return `forkscope: ${text} (forkscope --help says more)\n`;
}

function traceArgument(): Argument {
  return new Argument('<trace>', 'folder of the trace, or the file of forkscope pack').argParser(named);
}

function runCommand(program: Command, actions: Actions, exit: (code: number) => void): Command {
  const command = targetCommand(program, 'run')
    .description('run a script, or a command after --, under trace')
    .usage('[options] script.ts [args…]\n       forkscope run [options] -- command [args…]');
  return command.action(async (first: string | undefined, args: string[], options: RunOptions) =>
    exit(await actions.run(targetOf(program, command, first, args), options)),
  );
}

function attendCommand(program: Command, actions: Actions, exit: (code: number) => void): Command {
  const command = targetCommand(program, 'attend');
  command.addOption(new Option('--node-options <text>', 'NODE_OPTIONS of the program itself'));
  return command.action(async (first: string | undefined, args: string[], options: AttendRunOptions) =>
    exit(await actions.attend(targetOf(program, command, first, args), options)),
  );
}

function lookCommand(program: Command, actions: Actions, exit: (code: number) => void): Command {
  const command = new Command('look').copyInheritedSettings(program);
  command.addArgument(new Argument('[pid]', 'the topmost process of the program').argParser(processId));
  command.addOption(
    new Option('--without <folder>', 'programs in it are not listed (repeatable)')
      .argParser(collect)
      .default([]),
  );
  return command.action(async (pid: number | undefined, options: LookOptions) =>
    exit(await actions.look(pid, options)),
  );
}

function targetCommand(program: Command, name: string): Command {
  const command = new Command(name)
    .argument('[script]', 'TypeScript or JavaScript file', named)
    .argument('[args...]', 'its arguments')
    .passThroughOptions()
    .copyInheritedSettings(program);
  for (const option of runOptions()) command.addOption(option);
  return command;
}

function targetOf(
  program: Command,
  command: Command,
  first: string | undefined,
  args: readonly string[],
): LaunchTarget {
  const isCommand = standsAfterDashes(rawArguments(program), first === undefined ? 0 : 1 + args.length);
  if (first === undefined) {
    return command.error(isCommand ? 'error: no command after --' : 'error: no script (or -- command) given');
  }
  return isCommand ? { kind: 'command', command: first, args } : { kind: 'script', file: first, args };
}

/** The parser drops `--`; whether it stood before the first operand is what tells a command from a script. */
function standsAfterDashes(raw: readonly string[], operands: number): boolean {
  return raw[raw.length - operands - 1] === '--';
}

function rawArguments(program: Command): readonly string[] {
  return 'rawArgs' in program && Array.isArray(program.rawArgs) ? program.rawArgs : [];
}
