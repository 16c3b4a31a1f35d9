import { t } from '@vscode/l10n';
import { duration } from '../../base/units.ts';
import type { CallSite, ProcessView, SliceView, TrackState } from '../../model/types/index.ts';
import {
  baseName,
  countText,
  type Labels,
  placeText,
  trackStateText,
  trackStateTitle,
} from '../../model/words/index.ts';

/** A shorter time without a processor is not worth words, ns. */
const LEAST_READY = 1e6;
/** The states in which a thread waits for somebody. */
export const WAITING: readonly TrackState[] = ['lock', 'send', 'receive', 'join', 'sync', 'result'];

/** Labels for a slice, the longest first: the first that fits into it is drawn. */
export function sliceLabels(
  state: TrackState,
  resource: string | null,
  site: CallSite | null,
  labels: Labels,
): string[] {
  const word = trackStateText(t, state, labels.kind(resource) ?? undefined);
  const thing = resource === null ? '' : labels.shortResource(resource);
  const place = placeText(site);
  const head = thing === '' || thing === word ? word : `${word} · ${thing}`;
  return [...new Set([place === '' ? head : `${head} · ${place}`, head, thing || word, word])];
}

/** State of a slice and the kind of what it waits for, as a title: `Waits for lock`. */
export function sliceTitle({ state, resource }: SliceView, labels: Labels): string {
  return trackStateTitle(t, state, labels.kind(resource) ?? undefined);
}

/** `1.2 s on a processor, 30 ms ready`; '' where nothing is known. @param last session time, ns, up to which an open slice has lasted */
export function busyText({ start, end, busy, ready }: SliceView, last: number): string {
  if (busy === null) return '';
  const share = Math.round((100 * busy) / Math.max(1, (end ?? last) - start));
  const used = t('{0} on a processor ({1} %)', duration(busy), share);
  return ready < LEAST_READY ? used : t('{0}, {1} ready without one', used, duration(ready));
}

/** What a screen reader says of a slice: thread, state, resource, duration and place. */
export function sliceReading(thread: string, slice: SliceView, labels: Labels, length: string): string {
  const { resource, site, end } = slice;
  return [
    labels.thread(thread),
    sliceTitle(slice, labels),
    ...(resource === null ? [] : [labels.resource(resource)]),
    end === null ? t('for {0} so far', length) : t('for {0}', length),
    ...(site === null ? [] : [t('at {0} line {1}', baseName(site.file), site.line)]),
  ].join(', ');
}

/** Number of processes, and how many are not traced: these have no track, and would be looked for in vain. */
export function processCount(processes: readonly Pick<ProcessView, 'instrumented'>[]): string {
  const untraced = processes.filter((process) => !process.instrumented).length;
  const all = countText(t, processes.length, 'process');
  return untraced === 0 ? all : t('{0}, {1} not traced', all, untraced);
}
