import type { Settings } from '../workbench/contributions.ts';

export interface RunRequest {
  /** The built `cli.js`. */
  readonly cli: string;
  /** The user's Node. */
  readonly node: string;
  /** New folder of the trace. */
  readonly trace: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly settings: Omit<
    Settings,
    'runtimeExecutable' | 'notifyOnDeadlock' | 'showProblems' | 'showOnRun' | 'keepTraces' | 'refreshInterval'
  >;
}

/** Arguments of Node that run a script under trace in a terminal of its own, which stays open until a key is pressed. */
export function launchArguments({ cli, node, trace, script, args, settings }: RunRequest): string[] {
  return [
    cli,
    'run',
    '--trace',
    trace,
    '--node',
    node,
    '--on-deadlock',
    settings.onDeadlock,
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
    '--hold',
    script,
    ...args,
  ];
}
