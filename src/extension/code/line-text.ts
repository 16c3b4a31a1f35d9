import * as l10n from '@vscode/l10n';
import { count } from '../../base/units.ts';
import { isLockKind } from '../../model/state/lock-kinds.ts';
import type { ChannelView, LineView, ResourceView, ThingAtLine } from '../../model/types/index.ts';
import { countText, type Labels, listText, placeText } from '../../model/words/index.ts';
import { duration } from '../tree/format.ts';
import { plain } from '../workbench/markdown.ts';

/** Things that one line above a line of code names. */
const MOST_NAMED = 2;

/** What is to be said above a line of code, '' where nothing was contended or busy. */
export function lensText({ things, more }: LineView, name: (thing: ThingAtLine) => string): string {
  const told = things.flatMap((thing) => {
    const text = busyText(thing);
    return text === '' ? [] : [`${name(thing)}: ${text}`];
  });
  if (told.length === 0) return '';
  const others = told.length - Math.min(told.length, MOST_NAMED) + more;
  return [
    ...told.slice(0, MOST_NAMED),
    ...(others > 0 ? [l10n.t('{0} more', `${more > 0 ? '≥ ' : ''}${others}`)] : []),
  ].join(' · ');
}

/** A channel is told of only where it is made: every line that sends would say the same. */
function busyText({ resource, channel, made, longestWaitNs }: ThingAtLine): string {
  if (resource !== null) return isContended(resource) ? lockCounts(resource, longestWaitNs) : '';
  return channel !== null && made ? channelCounts(channel) : '';
}

function isContended({ kind, contended }: ResourceView): boolean {
  return isLockKind(kind) && kind !== 'condition' && contended > 0;
}

function lockCounts({ acquisitions, contended, exact }: ResourceView, longestWaitNs: number): string {
  return l10n.t(
    'taken {0}, waited for {1}, longest {2}',
    timesText(acquisitions, exact),
    timesText(contended, exact),
    duration(longestWaitNs),
  );
}

/** `exact`: not only the least number. */
function timesText(n: number, exact: boolean): string {
  return exact && n === 1 ? l10n.t('once') : l10n.t('{0} times', leastText(n, exact));
}

function bytesText(n: number | null, exact: boolean): string {
  const bytes = n ?? 0;
  return least(countText(l10n.t, bytes, 'byte', count(bytes)), exact);
}

function leastText(n: number | null, exact: boolean): string {
  return least(count(n ?? 0), exact);
}

function least(text: string, exact: boolean): string {
  return exact ? text : `≥ ${text}`;
}

/** '' where nothing has gone over it, or nobody counts it in messages. */
function channelCounts({ kind, sent, received, exact }: ChannelView): string {
  if (!sent && !received) return '';
  return kind === 'stdio'
    ? l10n.t('{0} written, {1} read', bytesText(sent, exact), bytesText(received, exact))
    : l10n.t('{0} sent, {1} received', leastText(sent, exact), leastText(received, exact));
}

/** Whose it is, and until when what is told is true. */
export interface HoverAround {
  readonly labels: Labels;
  /** Name of the session. */
  readonly session: string;
  readonly live: boolean;
  /** ns since the session's origin. */
  readonly lastTime: number;
}

/** What is known of the things of a line, as Markdown that must not be trusted: names come from the program. */
export function hoverText({ things, more }: LineView, around: HoverAround): string {
  const parts = things.map((thing) => thingText(thing, around));
  if (more > 0) parts.push(plain(l10n.t('{0} more', more)));
  const { session, live } = around;
  parts.push(`_${plain(live ? l10n.t('{0}, as of now', session) : l10n.t('{0}, as of its end', session))}_`);
  return parts.join('\n\n');
}

function thingText({ resource, channel, longestWaitNs }: ThingAtLine, around: HoverAround): string {
  const { labels } = around;
  const thing = resource ?? channel;
  if (thing === null) return '';
  const rows = resource
    ? resourceRows(resource, longestWaitNs, around)
    : channel
      ? channelRows(channel, labels)
      : [];
  if (thing.site) rows.push([l10n.t('Made at'), placeText(thing.site)]);
  const table = rows.map(([name, value]) => `- ${plain(name)}: ${plain(value)}`).join('\n');
  return `**${plain(labels.resource(thing.id))}**\n\n${table}`;
}

function resourceRows(
  resource: ResourceView,
  longestWaitNs: number,
  { labels, lastTime }: HoverAround,
): [string, string][] {
  const { kind, holders, waiters, waitNs } = resource;
  const rows: [string, string][] = [];
  const since = (time: number) => duration(Math.max(0, lastTime - time));
  if (isLockKind(kind) && kind !== 'condition') {
    const who = holders.map(({ thread, since: from, site, dead }) => {
      const at = site ? ` (${placeText(site)})` : '';
      const text = l10n.t('{0} for {1}', labels.thread(thread), since(from));
      return dead ? l10n.t('{0}, which has ended', `${text}${at}`) : `${text}${at}`;
    });
    rows.push([l10n.t('Held by'), who.length === 0 ? l10n.t('nobody') : listText(l10n.t, who, 4)]);
  }
  if (waiters.length > 0) {
    const who = waiters.map(({ thread, since: from, site }) => {
      const at = site ? ` (${placeText(site)})` : '';
      return `${l10n.t('{0} for {1}', labels.thread(thread), since(from))}${at}`;
    });
    rows.push([l10n.t('Waited for by'), listText(l10n.t, who, 4)]);
  }
  if (isLockKind(kind) && kind !== 'condition')
    rows.push([l10n.t('Until now'), lockCounts(resource, longestWaitNs)]);
  if (waitNs > 0) rows.push([l10n.t('All waits together'), duration(waitNs)]);
  return rows;
}

function channelRows(channel: ChannelView, labels: Labels): [string, string][] {
  const { from, to, depth, latencyNs } = channel;
  const names = (ids: readonly string[]) =>
    listText(
      l10n.t,
      ids.map((id) => labels.process(id)),
      4,
    );
  const rows: [string, string][] = [];
  const counts = channelCounts(channel);
  rows.push([l10n.t('Until now'), counts === '' ? l10n.t('nothing has gone over it') : counts]);
  if (from.length > 0) rows.push([l10n.t('From'), names(from)]);
  if (to.length > 0) rows.push([l10n.t('To'), names(to)]);
  if (depth) rows.push([l10n.t('On the way'), count(depth)]);
  if (latencyNs !== null) rows.push([l10n.t('Mean time on the way'), duration(latencyNs)]);
  return rows;
}
