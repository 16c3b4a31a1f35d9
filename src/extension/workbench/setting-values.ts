import { FindingOptionError, findingKind, thresholdsOf } from '../../model/index.ts';
import { SETTING_DEFAULTS, type Settings } from './contributions.ts';

/** What the manifest allows; the editor marks other values in settings.json, and hands them over all the same. */
export const CHOICES = {
  onDeadlock: ['wait', 'kill'],
  callSites: ['off', 'sampled', 'all'],
  notifyOnDeadlock: ['certain', 'all', 'never'],
  showOnRun: ['tree', 'timeline', 'both', 'none'],
} as const satisfies { readonly [K in keyof Settings]?: readonly Settings[K][] };
/** Least and most value of each setting that is a number. */
export const RANGES = {
  keepTraces: [0, 1000],
  maxStreamSize: [1, 65536],
  refreshInterval: [500, 60000],
} as const satisfies { readonly [K in keyof Settings]?: readonly [number, number] };

/** The settings as they can be used: what is out of its range is brought into it, what is of another kind is the default. */
export function validSettings(given: Readonly<Record<string, unknown>>): Settings {
  const defaults = SETTING_DEFAULTS;
  const { runtimeExecutable, testFiles } = given;
  const flag = (
    name: 'traceStdio' | 'awaits' | 'showProblems' | 'showCodeLens' | 'letAgentsRun' | 'traceTerminals',
  ): boolean => {
    const value = given[name];
    return typeof value === 'boolean' ? value : defaults[name];
  };
  const whole = (name: keyof typeof RANGES): number => {
    const value = given[name];
    const [least, most] = RANGES[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) return defaults[name];
    return Math.min(most, Math.max(least, Math.round(value)));
  };
  return {
    runtimeExecutable:
      typeof runtimeExecutable === 'string' ? runtimeExecutable.trim() : defaults.runtimeExecutable,
    traceStdio: flag('traceStdio'),
    awaits: flag('awaits'),
    letAgentsRun: flag('letAgentsRun'),
    onDeadlock: oneOf(CHOICES.onDeadlock, given.onDeadlock, defaults.onDeadlock),
    callSites: oneOf(CHOICES.callSites, given.callSites, defaults.callSites),
    notifyOnDeadlock: oneOf(CHOICES.notifyOnDeadlock, given.notifyOnDeadlock, defaults.notifyOnDeadlock),
    showCodeLens: flag('showCodeLens'),
    showProblems: flag('showProblems'),
    showOnRun: oneOf(CHOICES.showOnRun, given.showOnRun, defaults.showOnRun),
    traceTerminals: flag('traceTerminals'),
    testFiles: typeof testFiles === 'string' ? testFiles.trim() : defaults.testFiles,
    pathMapping: textsIn(given.pathMapping),
    keepTraces: whole('keepTraces'),
    maxStreamSize: whole('maxStreamSize'),
    refreshInterval: whole('refreshInterval'),
    'findings.disabled': disabledIn(given).filter((kind) => problemOf(() => findingKind(kind)) === null),
    'findings.thresholds': Object.fromEntries(
      thresholdsIn(given).flatMap(([name, value]) =>
        typeof value === 'number' && problemOf(() => thresholdsOf(name, value)) === null
          ? [[name, value]]
          : [],
      ),
    ),
  };
}

function textsIn(given: unknown): Readonly<Record<string, string>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  const entries = Object.entries(given).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== '',
  );
  return Object.fromEntries(entries);
}

/** Kinds and thresholds that are set and that there are not, each in a sentence. */
export function settingProblems(given: Readonly<Record<string, unknown>>): string[] {
  return [
    ...disabledIn(given).map((kind) => problemOf(() => findingKind(kind))),
    ...thresholdsIn(given).map(([name, value]) => problemOf(() => thresholdsOf(name, value))),
  ].filter((problem) => problem !== null);
}

function disabledIn(given: Readonly<Record<string, unknown>>): string[] {
  const disabled = given['findings.disabled'];
  return Array.isArray(disabled) ? disabled.map(String) : [];
}

function thresholdsIn(given: Readonly<Record<string, unknown>>): [string, unknown][] {
  const thresholds = given['findings.thresholds'];
  if (typeof thresholds !== 'object' || thresholds === null || Array.isArray(thresholds)) return [];
  return Object.entries(thresholds);
}

function problemOf(parse: () => unknown): string | null {
  try {
    parse();
    return null;
  } catch (error) {
    if (!(error instanceof FindingOptionError)) throw error;
    return error.message;
  }
}

function oneOf<T>(allowed: readonly T[], given: unknown, otherwise: T): T {
  return allowed.find((value) => value === given) ?? otherwise;
}
