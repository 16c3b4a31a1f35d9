import type { ThingKind } from '../types/index.ts';
import { placeText } from './places.ts';
import type { Translate } from './translate.ts';

/** How the kinds of resources are called. */
const KINDS: Readonly<Record<ThingKind, (t: Translate) => string>> = {
  lock: (t) => t('lock'),
  rlock: (t) => t('recursive lock'),
  semaphore: (t) => t('semaphore'),
  boundedSemaphore: (t) => t('bounded semaphore'),
  condition: (t) => t('condition'),
  event: (t) => t('event'),
  barrier: (t) => t('barrier'),
  queue: (t) => t('queue'),
  joinableQueue: (t) => t('joinable queue'),
  simpleQueue: (t) => t('simple queue'),
  pipe: (t) => t('pipe'),
  pool: (t) => t('pool'),
  manager: (t) => t('manager'),
  listener: (t) => t('listener'),
  value: (t) => t('shared value'),
  ipc: (t) => t('IPC channel'),
  port: (t) => t('message port'),
  broadcast: (t) => t('broadcast channel'),
  stdio: (t) => t('stdio pipe'),
  atomics: (t) => t('shared memory'),
  webLock: (t) => t('Web Lock'),
  lockFile: (t) => t('lock file'),
  connection: (t) => t('connection'),
};

/** `bounded semaphore`. */
export function resourceKindText(t: Translate, kind: ThingKind): string {
  return KINDS[kind](t);
}

/** A resource as far as its label goes. */
export interface Labelled {
  readonly kind: ThingKind;
  /** What the program calls it, '': nothing. */
  readonly given: string;
  /** Where it was made, `null`: not known. */
  readonly site: { readonly file: string; readonly line: number } | null;
  /** What tells it from others without name and place. */
  readonly id: string;
  /** Which of several with the same name it is, from 1; 0: no other has it. */
  readonly number: number;
}

/** `lock B`, `lock main.ts:12`: stands in sentences like a name. */
export function resourceText(t: Translate, resource: Labelled): string {
  const name = ownName(resource);
  // `stdout of child.js` says itself what it is.
  return resource.kind === 'stdio' && resource.given !== ''
    ? name
    : t('{0} {1}', resourceKindText(t, resource.kind), name);
}

/** `B`, `main.ts:12`, `main.ts:12 #2`: the label without the kind. */
export function ownName({ given, site, id, number }: Labelled): string {
  const name = given || placeText(site) || shortId(id);
  return number === 0 ? name : `${name} #${number}`;
}

/** Longest id that is shown whole, characters. */
const LONGEST_ID = 24;

function shortId(id: string): string {
  return id.length <= LONGEST_ID ? id : `…${id.slice(4 - LONGEST_ID)}`;
}
