/**
 * Everything that package.json contributes, typed: code names a command, view, setting or context key only through
 * this file, and `test/extension/manifest.test.ts` holds package.json against it. No value import of `vscode` here.
 */

export const CATEGORY = 'Forkscope';
export const CONTAINER = 'forkscope';
/** Container in the secondary side bar: beside the editors, opposite of the tree. */
export const INSPECTOR_CONTAINER = 'forkscope-inspector';
/** Container in the panel, where rows have room: stacks, with the source above them. */
export const STACKS_CONTAINER = 'forkscope-stacks';
/** Type of debug configurations: js-debug's `node`, under trace. */
export const DEBUG_TYPE = 'forkscope';
/** Type of tasks: a script or an npm script, under trace. */
export const TASK_TYPE = 'forkscope';
/** Profile of terminals whose Node programs are traced. */
export const TERMINAL_PROFILE = 'forkscope.terminal';
/** Type of the editor of packed traces. */
export const PACKED_EDITOR = 'forkscope.packedTrace';
export const VIEWS = {
  processes: 'forkscope.processes',
  stacks: 'forkscope.stacks',
  inspector: 'forkscope.inspector',
} as const;

interface CommandContribution {
  readonly icon: string;
  /** `when` under which the command can be run from the palette; 'never': only from a menu that gives it an item. */
  readonly palette?: string;
  readonly enablement?: string;
}

/** TypeScript and JavaScript that can be run: declaration files cannot. */
export const SCRIPT_WHEN =
  'resourceScheme =~ /^(file|vscode-remote)$/ && resourceFilename =~ /\\.([mc]?[jt]s|[jt]sx)$/ && !(resourceFilename =~ /\\.d\\.[mc]?ts$/)';
/** A script that has no file yet: it is saved first. */
export const UNTITLED_WHEN = 'resourceScheme == untitled && resourceLangId =~ /^(type|java)script(react)?$/';
/** Keys that run the script of the active editor; on a Mac with Cmd. No default of the editor has them. */
export const RUN_KEY = 'ctrl+k f5';

/** What is shown in the place of a file that is not on this machine. */
export const LOCATE_WHEN = 'resourceScheme =~ /^forkscope-(missing|source)$/';

/** Without a `when` for the palette: where no editor shows a script, the command asks for one. */
const RUN = { enablement: 'isWorkspaceTrusted' } as const;

export const COMMANDS = {
  'forkscope.runWithTracing': { icon: '$(type-hierarchy-sub)', ...RUN },
  'forkscope.runWithArguments': { icon: '$(type-hierarchy)', ...RUN },
  'forkscope.debugWithTracing': { icon: '$(debug-alt)', ...RUN },
  'forkscope.runNpmScript': { icon: '$(type-hierarchy-sub)', ...RUN },
  'forkscope.traceTerminals': { icon: '$(terminal)', ...RUN },
  'forkscope.setArguments': { icon: '$(symbol-parameter)' },
  'forkscope.runAgain': { icon: '$(debug-rerun)', enablement: 'isWorkspaceTrusted && forkscope.hasSessions' },
  'forkscope.restart': { icon: '$(debug-restart)', enablement: 'isWorkspaceTrusted && forkscope.live' },
  'forkscope.stop': { icon: '$(debug-stop)', enablement: 'forkscope.live' },
  'forkscope.openTrace': { icon: '$(folder-opened)' },
  'forkscope.saveTrace': { icon: '$(save-as)', enablement: 'forkscope.hasSessions' },
  'forkscope.openTimeline': { icon: '$(graph)', enablement: 'forkscope.hasSessions' },
  'forkscope.revealInTimeline': { icon: '$(graph-line)', enablement: 'forkscope.lineIsTraced' },
  'forkscope.showStacks': { icon: '$(layers)', enablement: 'forkscope.hasSessions' },
  'forkscope.refreshStacks': { icon: '$(refresh)', palette: 'never' },
  'forkscope.copyStacks': { icon: '$(copy)', palette: 'never' },
  'forkscope.inspectRunning': { icon: '$(eye)' },
  'forkscope.inspect': { icon: '$(search)', enablement: 'forkscope.hasFindings' },
  'forkscope.explain': { icon: '$(book)', enablement: 'forkscope.hasFindings' },
  'forkscope.closeInspection': { icon: '$(clear-all)', enablement: 'forkscope.inspecting' },
  'forkscope.showReport': { icon: '$(output)', enablement: 'forkscope.hasSessions' },
  'forkscope.showTerminal': { icon: '$(terminal)', palette: 'never' },
  'forkscope.goToSource': { icon: '$(go-to-file)', palette: 'never' },
  'forkscope.showProcess': { icon: '$(list-tree)', palette: 'never' },
  'forkscope.copyPid': { icon: '$(copy)', palette: 'never' },
  'forkscope.copyCommandLine': { icon: '$(clippy)', palette: 'never' },
  'forkscope.copyRow': { icon: '$(list-selection)', palette: 'never' },
  'forkscope.attachDebugger': { icon: '$(debug-alt)', palette: 'never' },
  'forkscope.pause': { icon: '$(debug-pause)', palette: 'never' },
  'forkscope.continue': { icon: '$(debug-continue)', palette: 'never' },
  'forkscope.pauseBelow': { icon: '$(debug-pause)', palette: 'never' },
  'forkscope.continueBelow': { icon: '$(debug-continue)', palette: 'never' },
  'forkscope.pauseAll': { icon: '$(debug-pause)', enablement: 'forkscope.live' },
  'forkscope.continueAll': { icon: '$(debug-continue)', enablement: 'forkscope.live' },
  'forkscope.sendSignal': { icon: '$(megaphone)', palette: 'never' },
  'forkscope.stopProcess': { icon: '$(debug-stop)', palette: 'never' },
  'forkscope.killProcess': { icon: '$(flame)', palette: 'never' },
  'forkscope.filter': { icon: '$(filter)', enablement: 'forkscope.hasSessions' },
  'forkscope.clearFilter': { icon: '$(filter-filled)', enablement: 'forkscope.filtered' },
  'forkscope.sort': { icon: '$(sort-precedence)', enablement: 'forkscope.hasSessions' },
  'forkscope.hideEnded': { icon: '$(eye-closed)', palette: '!forkscope.hidesEnded' },
  'forkscope.showEnded': { icon: '$(eye)', palette: 'forkscope.hidesEnded' },
  'forkscope.groupEqual': { icon: '$(group-by-ref-type)', palette: '!forkscope.groups' },
  'forkscope.ungroupEqual': { icon: '$(ungroup-by-ref-type)', palette: 'forkscope.groups' },
  'forkscope.clearEnded': { icon: '$(clear-all)', enablement: 'forkscope.hasEnded' },
  'forkscope.closeSession': { icon: '$(close)', palette: 'never' },
  'forkscope.revealTrace': { icon: '$(folder)', palette: 'never' },
  'forkscope.openExample': { icon: '$(beaker)' },
  'forkscope.addTypes': { icon: '$(symbol-interface)' },
  'forkscope.locateSource': { icon: '$(search-fuzzy)', palette: LOCATE_WHEN },
  'forkscope.selectRuntime': { icon: '$(server-process)' },
} as const satisfies Record<`forkscope.${string}`, CommandContribution>;
export type CommandId = keyof typeof COMMANDS;

/** Keys of the `when` clauses; set only by {@link ContextKey}'s users. */
export const CONTEXT_KEYS = [
  'forkscope.live',
  'forkscope.hasSessions',
  'forkscope.hasEnded',
  'forkscope.hasFindings',
  'forkscope.inspecting',
  'forkscope.filtered',
  'forkscope.hidesEnded',
  'forkscope.groups',
  'forkscope.showsStacks',
  'forkscope.lineIsTraced',
] as const;
export type ContextKey = (typeof CONTEXT_KEYS)[number];

/** Settings without their prefix, with their defaults. */
export interface Settings {
  /** Path of the Node.js that runs programs; '': the `node` of the user's shell. */
  readonly runtimeExecutable: string;
  readonly onDeadlock: 'wait' | 'kill';
  readonly callSites: 'off' | 'sampled' | 'all';
  readonly traceStdio: boolean;
  readonly awaits: boolean;
  readonly notifyOnDeadlock: 'certain' | 'all' | 'never';
  /** Findings stand at their lines in editors, and in the list of problems. */
  readonly showProblems: boolean;
  /** Agents may run scripts, each after a question. */
  readonly letAgentsRun: boolean;
  /** Contended locks and busy channels are told of above the lines where they are made or taken. */
  readonly showCodeLens: boolean;
  readonly showOnRun: 'tree' | 'timeline' | 'both' | 'none';
  /** Node programs in new terminals are traced. */
  readonly traceTerminals: boolean;
  /** Glob of the files that may hold tests; '': none are looked for. */
  readonly testFiles: string;
  /** Folders, or files, that traces of other machines name → where they are here. */
  readonly pathMapping: Readonly<Record<string, string>>;
  /** Number of ended sessions whose traces are kept. */
  readonly keepTraces: number;
  /** Megabytes of records that each thread's stream keeps. */
  readonly maxStreamSize: number;
  /** Milliseconds between two refreshes of the views. */
  readonly refreshInterval: number;
  /** Kinds of findings that are switched off. */
  readonly 'findings.disabled': readonly string[];
  /** `KIND.name` → number. */
  readonly 'findings.thresholds': Readonly<Record<string, number>>;
}
export const SETTING_DEFAULTS: Settings = {
  runtimeExecutable: '',
  onDeadlock: 'wait',
  callSites: 'sampled',
  traceStdio: true,
  awaits: false,
  notifyOnDeadlock: 'certain',
  showProblems: true,
  letAgentsRun: false,
  showCodeLens: true,
  showOnRun: 'tree',
  traceTerminals: false,
  testFiles: '**/*{.,-,_}{test,spec}.{js,mjs,cjs,ts,mts,cts,jsx,tsx}',
  pathMapping: {},
  keepTraces: 20,
  maxStreamSize: 512,
  refreshInterval: 500,
  'findings.disabled': [],
  'findings.thresholds': {},
};
/** Settings that decide which program is started: a workspace that is not trusted cannot set them. */
export const RESTRICTED_SETTINGS: readonly (keyof Settings)[] = ['runtimeExecutable'];

/** What a tree item is for `when` clauses: `viewItem`. */
export type ItemContext =
  | `session.live${Again}`
  | `session.live.terminal${Again}`
  | `session.ended${Again}`
  | 'finding'
  | 'link'
  | 'group.live'
  | 'group.ended'
  | 'threads'
  | 'connections'
  | 'connection'
  | `process.live${Paused}${AtSite}`
  | 'process.ended'
  | `thread${AtSite}`
  | `stack${AtSite}`
  | `standing${AtSite}`;
/** `.site`: it is, or waits, at a known line of code, so that *Go to Source* is offered. */
type AtSite = '' | '.site';
/** Then *Run Again* or *Restart* is offered. */
type Again = '' | '.again';
/** Then *Continue* is offered. */
type Paused = '' | '.paused';

/** Colours of the highlighted lines in an inspection. */
export const COLORS = {
  waitLine: 'forkscope.waitLineBackground',
  waitLineBorder: 'forkscope.waitLineBorder',
  acquiredLine: 'forkscope.acquiredLineBackground',
  acquiredLineBorder: 'forkscope.acquiredLineBorder',
} as const;
