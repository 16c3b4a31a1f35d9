import type { Look } from './look.ts';
import { OWN } from './sockets.ts';

/** Node itself listens to it for each stream that is a terminal. */
const RESIZED = 'SIGWINCH';

/** Forkscope's own: nothing of the program runs by it. */
function isOwn(listener: unknown): boolean {
  return typeof listener === 'function' && Reflect.get(listener, OWN) === true;
}

/** Node's own, which writes a diagnostic report and runs nothing of the program. `node --test` of Node 24 has one in each file. */
function isReport(name: string, listener: unknown): boolean {
  if (typeof listener !== 'function' || listener.name !== 'signalHandler') return false;
  return process.report.reportOnSignal && process.report.signal === name;
}

interface Registered {
  readonly site: number;
  /** ns since the session's origin. */
  readonly since: number;
}

/** The signals that the program listens for, and where it began to. */
export class SignalBook {
  readonly #registered = new Map<string, Registered>();

  /** A listener is about to be added. */
  added(name: string, registered: () => Registered): void {
    if (name !== RESIZED && process.listenerCount(name) === 0) this.#registered.set(name, registered());
  }

  /** Adds one source for all signals that were registered in one place. */
  addTo({ list }: Look): void {
    const places = new Map<number, { names: string[]; since: number | undefined }>();
    for (const name of process.eventNames()) {
      if (typeof name !== 'string' || !name.startsWith('SIG') || name === RESIZED) continue;
      const [only, more] = process.rawListeners(name).filter((listener) => !isOwn(listener));
      if (only === undefined || (more === undefined && isReport(name, only))) continue;
      const { site = 0, since } = this.#registered.get(name) ?? {};
      const place = places.get(site);
      if (place) place.names.push(name);
      else places.set(site, { names: [name], since });
    }
    for (const [site, { names, since }] of places)
      list.add({
        kind: 'signal',
        ref: false,
        listens: true,
        detail: names.sort().join(', '),
        ...(site === 0 ? {} : { site }),
        ...(since === undefined ? {} : { since }),
      });
  }
}
