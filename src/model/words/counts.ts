import type { Translate } from './translate.ts';

/** Things that are counted, one and many. */
const COUNTED = {
  process: (t: Translate, n: number) => (n === 1 ? t('1 process') : t('{0} processes', n)),
  thread: (t: Translate, n: number) => (n === 1 ? t('1 thread') : t('{0} threads', n)),
  worker: (t: Translate, n: number) => (n === 1 ? t('1 worker') : t('{0} workers', n)),
  message: (t: Translate, n: number) => (n === 1 ? t('1 message') : t('{0} messages', n)),
  item: (t: Translate, n: number) => (n === 1 ? t('1 item') : t('{0} items', n)),
  put: (t: Translate, n: number) => (n === 1 ? t('1 put') : t('{0} puts', n)),
  party: (t: Translate, n: number) => (n === 1 ? t('1 party') : t('{0} parties', n)),
  task: (t: Translate, n: number) => (n === 1 ? t('1 task') : t('{0} tasks', n)),
  byte: (t: Translate, n: number) => (n === 1 ? t('1 byte') : t('{0} bytes', n)),
  openPort: (t: Translate, n: number) =>
    n === 1 ? t('1 open message port') : t('{0} open message ports', n),
  idleWorker: (t: Translate, n: number) =>
    n === 1 ? t('1 idle worker thread') : t('{0} idle worker threads', n),
  client: (t: Translate, n: number) => (n === 1 ? t('1 client') : t('{0} clients', n)),
  connection: (t: Translate, n: number) => (n === 1 ? t('1 connection') : t('{0} connections', n)),
  session: (t: Translate, n: number) => (n === 1 ? t('1 session') : t('{0} sessions', n)),
} as const;
export type Counted = keyof typeof COUNTED;

/** `1 party`, `3 parties`. */
export function countText(t: Translate, n: number, what: Counted): string {
  return COUNTED[what](t, n);
}
