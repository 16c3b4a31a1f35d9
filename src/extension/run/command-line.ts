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
    'runtimeExecutable' | 'notifyOnDeadlock' | 'showProblems' | 'showOnRun' | 'keepTraces' | 'refreshInterval'
  >;
}

export interface RunRequest extends TraceRequest {
  readonly script: string;
  readonly args: readonly string[];
}

/** Arguments of Node that run a script under trace in a terminal of its own, which stays open until a key is pressed. */
export function launchArguments(request: RunRequest): string[] {
  const { settings, script, args } = request;
  return [...traceArguments('run', request), '--on-deadlock', settings.onDeadlock, '--hold', script, ...args];
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
    ...traceArguments('attend', request),
    ...(request.nodeOptions === '' ? [] : [`--node-options=${request.nodeOptions}`]),
    ...request.target,
  ];
}

function traceArguments(command: 'run' | 'attend', { cli, node, trace, settings }: TraceRequest): string[] {
  return [
    cli,
    command,
    '--trace',
    trace,
    '--node',
    node,
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
