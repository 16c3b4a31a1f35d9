import * as l10n from '@vscode/l10n';
import { bytes } from '../../base/units.ts';
import type { CallSite, ProcessView, ThreadView } from '../../model/types/index.ts';
import { conditionTitle, listText, placeText, stackText } from '../../model/words/index.ts';
import { plain } from '../workbench/markdown.ts';
import { duration, shorten } from './format.ts';
import type { NodeTarget } from './nodes.ts';
import { conditionOf, stateText } from './presentation.ts';
import type { TreeIndex } from './tree-index.ts';

const LONGEST_COMMAND = 600;

/** The tooltip of a row, as Markdown that must not be trusted; `undefined`: it has none. */
export function rowTooltip(target: NodeTarget, index: TreeIndex | undefined): string | undefined {
  if (!index || (target.kind !== 'process' && target.kind !== 'thread')) return undefined;
  const process = index.processes.get(target.processId);
  if (!process) return undefined;
  if (target.kind === 'process') return processTooltip(process, index);
  const thread = process.threads.find((t) => t.id === target.threadId);
  return thread && threadTooltip(thread, index);
}

/** What a process is and does, as Markdown. The caller must not trust it: names come from the program. */
export function processTooltip(process: ProcessView, index: TreeIndex): string {
  const condition = conditionOf(process, index);
  const head = `**${plain(process.name)}** — ${plain(stateText(process, condition, index))}`;
  const rows: [string, string][] = [
    [l10n.t('Process id'), String(process.pid)],
    [l10n.t('State'), conditionTitle(l10n.t, condition)],
  ];
  if (process.cpu !== null && process.end === null) rows.push([l10n.t('CPU'), `${Math.round(process.cpu)}%`]);
  if (process.memory !== null && process.end === null) rows.push([l10n.t('Memory'), bytes(process.memory)]);
  if (process.api) rows.push([l10n.t('Started by'), startedBy(process, index)]);
  rows.push([l10n.t('Lived'), duration((process.end ?? index.snapshot.lastTime) - process.start)]);
  if (process.keptAlive !== '') rows.push([l10n.t('Kept alive by'), process.keptAlive]);
  const connections = connectionsOf(process, index);
  if (connections.length > 0) rows.push([l10n.t('Connections'), listText(l10n.t, connections)]);
  if (process.threads.length > 1) rows.push([l10n.t('Threads'), String(process.threads.length)]);
  const waits = process.threads.flatMap((t) => waitLines(t, index));
  return [head, table(rows), ...waits, fence(process.argv)].filter(Boolean).join('\n\n');
}

export function threadTooltip(thread: ThreadView, index: TreeIndex): string {
  const keeps = thread.keptAlive === '' ? '' : table([[l10n.t('Kept alive by'), thread.keptAlive]]);
  return [`**${plain(thread.name)}**`, keeps, ...waitLines(thread, index)].filter(Boolean).join('\n\n');
}

/** Those with other threads of the trace, by their ends. */
function connectionsOf({ id }: ProcessView, { snapshot }: TreeIndex): string[] {
  return snapshot.channels
    .filter(({ connection, from, to }) => connection !== null && [...from, ...to].includes(id))
    .map(({ name }) => name);
}

function startedBy(process: ProcessView, index: TreeIndex): string {
  const how = process.daemon ? l10n.t('{0} (daemon)', process.api ?? '') : (process.api ?? '');
  return process.parent === null ? how : l10n.t('{0} of {1}', how, index.labels.process(process.parent));
}

function waitLines(thread: ThreadView, index: TreeIndex): string[] {
  return thread.waits.map((wait) => {
    const since = duration(Math.max(0, index.snapshot.lastTime - wait.since));
    const where = wait.site ? ` ${siteText(wait.site)}` : '';
    const stack = wait.site ? stackText(wait.site) : '';
    const line = plain(`${index.labels.wait(wait)} · ${since}${where}`);
    return stack === '' ? line : `${line}  \n${plain(stack)}`;
  });
}

/** `(deadlock.ts:25)`, with what sampling means where the site was sampled. */
export function siteText(site: CallSite): string {
  return site.sampled ? l10n.t('(last seen at {0})', placeText(site)) : `(${placeText(site)})`;
}

function table(rows: readonly [string, string][]): string {
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${plain(name)} | ${plain(value)} |`)].join(
    '\n',
  );
}

function fence(argv: readonly string[]): string {
  if (argv.length === 0) return '';
  const text = shorten(commandLine(argv), LONGEST_COMMAND).replaceAll('```', "'''");
  return `\`\`\`shell\n${text}\n\`\`\``;
}

/** argv as one could type it into a POSIX shell. */
export function commandLine(argv: readonly string[]): string {
  return argv.map((a) => (/^[\w@%+=:,./-]+$/.test(a) ? a : `'${a.replaceAll("'", "'\\''")}'`)).join(' ');
}
