import type { Translate } from './translate.ts';

/** `n` decides which words, `shown` stands in them. */
type Words = (t: Translate, n: number, shown: string | number) => string;

/** Things that are counted, one and many. */
const COUNTED = {
  process: (t, n, shown) => (n === 1 ? t('1 process') : t('{0} processes', shown)),
  thread: (t, n, shown) => (n === 1 ? t('1 thread') : t('{0} threads', shown)),
  wait: (t, n, shown) => (n === 1 ? t('1 wait') : t('{0} waits', shown)),
  worker: (t, n, shown) => (n === 1 ? t('1 worker') : t('{0} workers', shown)),
  message: (t, n, shown) => (n === 1 ? t('1 message') : t('{0} messages', shown)),
  item: (t, n, shown) => (n === 1 ? t('1 item') : t('{0} items', shown)),
  put: (t, n, shown) => (n === 1 ? t('1 put') : t('{0} puts', shown)),
  party: (t, n, shown) => (n === 1 ? t('1 party') : t('{0} parties', shown)),
  byte: (t, n, shown) => (n === 1 ? t('1 byte') : t('{0} bytes', shown)),
  openPort: (t, n, shown) => (n === 1 ? t('1 open message port') : t('{0} open message ports', shown)),
  idleWorker: (t, n, shown) => (n === 1 ? t('1 idle worker thread') : t('{0} idle worker threads', shown)),
  client: (t, n, shown) => (n === 1 ? t('1 client') : t('{0} clients', shown)),
  connection: (t, n, shown) => (n === 1 ? t('1 connection') : t('{0} connections', shown)),
  session: (t, n, shown) => (n === 1 ? t('1 session') : t('{0} sessions', shown)),
} satisfies Readonly<Record<string, Words>>;
export type Counted = keyof typeof COUNTED;

/**
 * `1 party`, `3 parties`.
 * @param shown how many are written
 */
export function countText(t: Translate, n: number, what: Counted, shown: string | number = n): string {
  return COUNTED[what](t, n, shown);
}
