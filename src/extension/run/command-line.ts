import type { Settings } from '../workbench/contributions.ts';

/** How what is run is recorded. */
export interface TraceRequest {
  /** The built `cli.js`. */
  readonly cli: string;
  /** The user's Node. */
  readonly node: string;
  /** New folder of the trace. */
  readonly trace: string;
  readonly settings: Omit<
    Settings,
    | 'runtimeExecutable'
    | 'notifyOnDeadlock'
    | 'showProblems'
    | 'showCodeLens'
    | 'letAgentsRun'
    | 'showOnRun'
    | 'testFiles'
    | 'traceTerminals'
    | 'pathMapping'
    | 'keepTraces'
    | 'refreshInterval'
  >;
}

export interface RunRequest extends TraceRequest {
  /** A script and its arguments, or a command and its arguments after `--`. */
  readonly target: readonly string[];
}

/** Arguments of Node that run something under trace in a terminal of its own, which stays open until a key is pressed. */
export function launchArguments(request: RunRequest): string[] {
  const { settings, target } = request;
  const args = traceArguments('run', request, ['--trace', request.trace]);
  return [...args, '--on-deadlock', settings.onDeadlock, '--hold', ...target];
}

/** Arguments of Node that run something under trace in a terminal of the editor's tasks, which stays open by itself. */
export function taskArguments(
  request: Omit<RunRequest, 'trace'> & {
    /** Folder in which each run makes a folder for its trace: a task may be started any number of times. */
    readonly traces: string;
  },
): string[] {
  const { settings, target, traces } = request;
  const args = traceArguments('run', request, ['--traces', traces]);
  return [...args, '--on-deadlock', settings.onDeadlock, ...target];
}

/** Arguments of Node that run tests under trace: a proven hang ends them, and what was found is written to a file. */
export function testArguments(
  request: RunRequest & {
    /** File that gets the report as JSON. */
    readonly report: string;
    /** Arguments for the tests' Node itself. */
    readonly nodeArgs: readonly string[];
  },
): string[] {
  const { nodeArgs, report, target, trace } = request;
  const args = traceArguments('run', request, ['--trace', trace]);
  const own = nodeArgs.map((arg) => `--node-arg=${arg}`);
  return [...args, '--on-deadlock', 'kill', '--no-report', '--json', report, ...own, ...target];
}

/** Options of `forkscope run` for commands that are typed into a terminal: nothing is said there but what is found. */
export function terminalOptions({
  settings,
  traces,
}: Pick<TraceRequest, 'settings'> & { readonly traces: string }): string[] {
  return [
    '--traces',
    traces,
    ...settingArguments(settings),
    '--on-deadlock',
    settings.onDeadlock,
    '--no-report',
  ];
}

/** Arguments of Node that begin a session for a program which a debugger starts. */
export function attendArguments(
  request: TraceRequest & {
    /** Script, or a command and its arguments after `--`. */
    readonly target: readonly string[];
    readonly nodeOptions: string;
  },
): string[] {
  return [
    ...traceArguments('attend', request, ['--trace', request.trace]),
    ...(request.nodeOptions === '' ? [] : [`--node-options=${request.nodeOptions}`]),
    ...request.target,
  ];
}

function traceArguments(
  command: 'run' | 'attend',
  { cli, node, settings }: Omit<TraceRequest, 'trace'>,
  where: readonly string[],
): string[] {
  return [cli, command, ...where, '--node', node, ...settingArguments(settings)];
}

/** How the program is recorded, as the settings say. */
function settingArguments(settings: TraceRequest['settings']): string[] {
  return [
    '--call-sites',
    settings.callSites,
    ...(settings.traceStdio ? [] : ['--no-stdio']),
    ...(settings.awaits ? ['--awaits'] : []),
    '--max-stream-size',
    String(settings.maxStreamSize),
    ...settings['findings.disabled'].flatMap((kind) => ['--ignore-finding', kind]),
    ...Object.entries(settings['findings.thresholds']).flatMap(([name, value]) => [
      '--threshold',
      `${name}=${value}`,
    ]),
  ];
}
