import * as l10n from '@vscode/l10n';
import { CONDITIONS, type Condition, conditionTitle, listText } from '../../model/words/index.ts';

export const SORTS = ['start', 'cpu', 'memory', 'state'] as const;
export type SortBy = (typeof SORTS)[number];

/** Which rows are asked for beside the text and the states. */
export const SELECTIONS = ['living', 'bad'] as const;
export type Selection = (typeof SELECTIONS)[number];

/** What of the processes is shown, and in which order. Remembered for the workspace. */
export interface Arrangement {
  /** What a row has to contain: its name, state, process id or command line; '': anything. */
  readonly text: string;
  readonly only: readonly Selection[];
  /** Empty: all. */
  readonly states: readonly Condition[];
  readonly sort: SortBy;
  /** Ended processes of running sessions have no rows. */
  readonly hideEnded: boolean;
  /** Equal children are one row. */
  readonly group: boolean;
}

export const PLAIN: Arrangement = {
  text: '',
  only: [],
  states: [],
  sort: 'start',
  hideEnded: false,
  group: true,
};

/** What decides whether a process or thread is shown, and where. */
export interface Candidate {
  readonly condition: Condition;
  /** Everything that it can be found by. */
  readonly texts: readonly string[];
  /** A finding names it. */
  readonly found: boolean;
  /** Percent; `null`: not known. */
  readonly cpu: number | null;
  /** Bytes; `null`: not known. */
  readonly memory: number | null;
}

/** The part that leaves rows out until it is cleared; hiding the ended is a switch of its own. */
export function isFiltered({ text, only, states }: Arrangement): boolean {
  return text !== '' || only.length > 0 || states.length > 0;
}

export function matches(candidate: Candidate, { text, only, states }: Arrangement): boolean {
  const { condition, texts, found } = candidate;
  if (only.includes('living') && isOver(condition)) return false;
  if (only.includes('bad') && !found && !isBad(condition)) return false;
  if (states.length > 0 && !states.includes(condition)) return false;
  const wanted = text.toLowerCase();
  return wanted === '' || texts.some((one) => one.toLowerCase().includes(wanted));
}

export function isBad(condition: Condition): boolean {
  return condition === 'stuck' || condition === 'failed';
}
export function isOver(condition: Condition): boolean {
  return condition === 'failed' || condition === 'ended';
}

/** Order of siblings: those that take most first, or the most urgent; equal ones stay as they are. */
export function compare(a: Candidate, b: Candidate, sort: SortBy): number {
  if (sort === 'state') return CONDITIONS.indexOf(a.condition) - CONDITIONS.indexOf(b.condition);
  return sort === 'start' ? 0 : weight(b, sort) - weight(a, sort);
}

/** As the row shows it: differences that nobody sees must not move rows at each refresh. */
function weight({ condition, cpu, memory }: Candidate, sort: 'cpu' | 'memory'): number {
  const value = sort === 'cpu' ? cpu : memory;
  if (value === null || isOver(condition)) return -1;
  return sort === 'cpu' ? Math.round(value) : Math.round(value / MEGABYTE);
}
const MEGABYTE = 2 ** 20;

/** What was stored. An older version may have stored another shape: whatever of it is not valid is as in {@link PLAIN}. */
export function restoreArrangement(stored: unknown): Arrangement {
  const given: Partial<Record<keyof Arrangement, unknown>> =
    typeof stored === 'object' && stored !== null ? stored : {};
  const { text, sort, hideEnded, group } = given;
  return {
    text: typeof text === 'string' ? text : PLAIN.text,
    only: someOf(SELECTIONS, given.only),
    states: someOf(CONDITIONS, given.states),
    sort: SORTS.find((one) => one === sort) ?? PLAIN.sort,
    hideEnded: typeof hideEnded === 'boolean' ? hideEnded : PLAIN.hideEnded,
    group: typeof group === 'boolean' ? group : PLAIN.group,
  };
}

function someOf<T extends string>(all: readonly T[], given: unknown): T[] {
  return Array.isArray(given) ? all.filter((one) => given.includes(one)) : [];
}

export function selectionTitle(selection: Selection): string {
  return selection === 'living' ? l10n.t('Only the living') : l10n.t('Only the bad');
}

const SORT_TITLES: Readonly<Record<SortBy, () => string>> = {
  start: () => l10n.t('Start'),
  cpu: () => l10n.t('CPU'),
  memory: () => l10n.t('Memory'),
  state: () => l10n.t('State'),
};
export function sortTitle(sort: SortBy): string {
  return SORT_TITLES[sort]();
}

/** The filter in words: `“worker”, only the living`. */
export function filterText({ text, only, states }: Arrangement): string {
  const parts = [
    ...(text === '' ? [] : [`“${text}”`]),
    ...only.map(selectionTitle),
    ...states.map((state) => conditionTitle(l10n.t, state)),
  ];
  return listText(l10n.t, parts);
}
