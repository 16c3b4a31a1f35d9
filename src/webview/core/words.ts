import { t } from '@vscode/l10n';
import { nameWithKind } from '../../model/state/names.ts';
import type { CallSite, ProcessView, SliceView, TrackState } from '../../model/types/index.ts';
import type { Structure } from '../../protocol/timeline.ts';

/** What is waited for like a lock, and is none. */
const LIKE_LOCKS: readonly string[] = ['event', 'condition', 'barrier', 'semaphore', 'boundedSemaphore'];

/** Names of the states as people read them; `kind`: of the resource that the state is about. */
export function stateName(state: TrackState, kind?: string): string {
  if (state === 'lock' && kind !== undefined && LIKE_LOCKS.includes(kind)) return t('Waits for {0}', kind);
  const names: Record<TrackState, string> = {
    running: t('Running'),
    lock: t('Waits for lock'),
    receive: t('Waits to receive'),
    send: t('Waits to send'),
    join: t('Waits for process'),
    sync: t('Blocked synchronously'),
    result: t('Waits for result'),
    idle: t('Idle'),
    holding: t('Holds lock'),
    exited: t('Exited'),
  };
  return names[state];
}

/** One word for legends and narrow slices. */
export function stateWord(state: TrackState, kind?: string): string {
  if (state === 'lock' && kind !== undefined && LIKE_LOCKS.includes(kind)) return kind;
  const words: Record<TrackState, string> = {
    running: t('running'),
    lock: t('lock'),
    receive: t('receive'),
    send: t('send'),
    join: t('join'),
    sync: t('blocked'),
    result: t('result'),
    idle: t('idle'),
    holding: t('holding'),
    exited: t('exited'),
  };
  return words[state];
}

export const WAIT_STATES: readonly TrackState[] = ['lock', 'send', 'receive', 'join', 'sync', 'result'];

/** Names of resources and processes by id. */
export class Names {
  private readonly resources = new Map<string, { name: string; kind: string }>();
  private readonly threads = new Map<string, string>();
  private readonly processes = new Map<string, string>();

  constructor(structure: Structure) {
    for (const thing of [...structure.channels, ...structure.resources]) this.resources.set(thing.id, thing);
    for (const track of structure.tracks) this.threads.set(track.thread, track.label);
    for (const process of structure.processes)
      this.processes.set(process.id, process.name || String(process.pid));
  }

  /** `lock "accounts"`, or just the kind where nobody named it. */
  resource(id: string): string {
    const thing = this.resources.get(id);
    if (!thing) return id;
    return thing.name === '' ? thing.kind : nameWithKind(thing, thing.kind);
  }
  /** The shortest name that tells it from others. */
  resourceShort(id: string): string {
    const thing = this.resources.get(id);
    return thing ? thing.name || thing.kind : id;
  }
  kind(id: string): string | undefined {
    return this.resources.get(id)?.kind;
  }
  thread(id: string): string {
    return this.threads.get(id) ?? id;
  }
  process(id: string): string {
    return this.processes.get(id) ?? id;
  }
}

export function baseName(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
export function siteText(site: CallSite): string {
  return `${baseName(site.file)}:${site.line}`;
}

/** What stands on a slice, the longest first: the first that fits is drawn. */
export function sliceLabels(
  state: TrackState,
  resource: string | null,
  site: CallSite | null,
  names: Names,
): string[] {
  const word = stateWord(state, resource === null ? undefined : names.kind(resource));
  const thing = resource === null ? '' : names.resourceShort(resource);
  const place = site ? siteText(site) : '';
  const head = thing === '' || thing === word ? word : `${word} · ${thing}`;
  return [...new Set([place === '' ? head : `${head} · ${place}`, head, thing || word, word])];
}

/** What a slice is, as a title. */
export function sliceTitle(slice: SliceView, names: Names): string {
  return stateName(slice.state, slice.resource === null ? undefined : names.kind(slice.resource));
}

/** A slice in one sentence, for screen readers. */
export function sliceSentence(thread: string, slice: SliceView, names: Names, duration: string): string {
  const what =
    stateName(slice.state) + (slice.resource === null ? '' : `: ${names.resource(slice.resource)}`);
  const where = slice.site ? t(', at {0} line {1}', baseName(slice.site.file), slice.site.line) : '';
  const howLong = slice.end === null ? t('for {0} so far', duration) : t('for {0}', duration);
  return `${names.thread(thread)}: ${what}, ${howLong}${where}`;
}

/** Processes without a stream have no track: they are counted, so that nobody looks for them. */
export function processCount(processes: readonly Pick<ProcessView, 'instrumented'>[]): string {
  const untraced = processes.filter((process) => !process.instrumented).length;
  const all = processes.length === 1 ? t('1 process') : t('{0} processes', processes.length);
  return untraced === 0 ? all : t('{0}, {1} not traced', all, untraced);
}
