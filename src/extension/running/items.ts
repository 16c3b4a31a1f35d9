import * as l10n from '@vscode/l10n';
import { wayBelow } from '../../base/paths.ts';
import * as units from '../../base/units.ts';
import { conditionTitle, countText } from '../../model/words/index.ts';
import type { ProgramCondition, RunningProgram } from '../../untraced/index.ts';

/** How a program is shown where one is chosen. */
export interface ProgramItem {
  readonly program: RunningProgram;
  readonly icon: string;
  readonly label: string;
  /** Whether it may hang, in words. */
  readonly description: string;
  readonly detail: string;
}

/** Programs under a title. */
export interface ProgramGroup {
  readonly title: string;
  readonly items: readonly ProgramItem[];
}

const ICONS: Readonly<Record<ProgramCondition, string>> = {
  stands: 'debug-pause',
  busy: 'sync',
  idle: 'clockface',
  runs: 'play',
  barred: 'circle-slash',
};

/**
 * Programs as they come, those that may hang first, under titles. Those of the window come before all others: of them one is most
 * likely meant, and a machine runs many.
 * @param folders those of the workspace
 */
export function programGroups(
  programs: readonly RunningProgram[],
  folders: readonly string[],
): ProgramGroup[] {
  const isHere = ({ cwd, condition }: RunningProgram) =>
    cwd !== '' && condition !== 'barred' && folders.some((folder) => wayBelow(folder, cwd) !== undefined);
  const [here, others] = [programs.filter(isHere), programs.filter((program) => !isHere(program))];
  const under = (...conditions: ProgramCondition[]) =>
    others.filter(({ condition }) => conditions.includes(condition));
  const groups = [
    { title: l10n.t('In this workspace'), of: here },
    { title: l10n.t('May hang'), of: under('stands', 'busy', 'idle') },
    { title: conditionTitle(l10n.t, 'running'), of: under('runs') },
    { title: l10n.t('Can’t be looked into'), of: under('barred') },
  ];
  return groups.filter(({ of }) => of.length > 0).map(({ title, of }) => ({ title, items: of.map(itemOf) }));
}

function itemOf(program: RunningProgram): ProgramItem {
  const { name, condition, cwd, processes, age, cpu, traced } = program;
  const figures = [
    countText(l10n.t, processes, 'process'),
    age === null ? '' : l10n.t('for {0}', duration(age)),
    cpu === null ? '' : l10n.t('{0}% CPU', Math.round(cpu)),
    traced ? l10n.t('traced') : '',
    cwd,
  ];
  return {
    program,
    icon: ICONS[condition],
    label: name,
    description: stateOf(program),
    detail: figures.filter((text) => text !== '').join(' · '),
  };
}

function stateOf({ condition, stands, idle, barrier }: RunningProgram): string {
  switch (condition) {
    case 'barred':
      return barrier ?? '';
    case 'busy':
      return l10n.t('computes without a pause');
    case 'idle':
      return quietText(idle);
    case 'stands':
      return [standsText(stands), quietText(idle)].filter(Boolean).join(', ');
    case 'runs':
      return '';
  }
}

function standsText(stands: RunningProgram['stands']): string {
  switch (stands) {
    case 'memory':
      return l10n.t('sleeps in shared memory: a lock or Atomics.wait');
    case 'spawn':
      return l10n.t('waits for a synchronous spawn');
    case 'write':
      return l10n.t('stands in a write that finds no room');
    case 'stopped':
      return l10n.t('is stopped by a signal or a debugger');
    case null:
      return '';
  }
}

function quietText(idle: number | null): string {
  return idle === null ? '' : l10n.t('no processor time for {0}', duration(idle));
}

function duration(ms: number): string {
  return units.duration(ms * 1e6, 2);
}
