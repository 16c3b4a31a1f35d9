import { types } from 'node:util';
import worker from 'node:worker_threads';
import type { Outcome } from '../../base/channels.ts';
import type { ResourceId } from '../../base/quantities.ts';
import { ROLE } from '../../trace/format/records.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { patch } from '../core/patch.ts';
import { sharedTicket } from '../ports/of-thread.ts';

type Callback = (...args: unknown[]) => unknown;

/** `navigator.locks` where Node has it (24 and later): who waits for a lock of this process, and who has it. */
export const webLocks: Probe = {
  name: 'web-locks',
  install(shim) {
    const locks: unknown = Reflect.get(worker, 'locks');
    if (typeof locks !== 'object' || locks === null) return;
    const names = new Names(shim);
    const { then } = Promise.prototype;
    patch(
      Object.getPrototypeOf(locks),
      'request',
      (original) =>
        function request(this: unknown, ...args) {
          const asked = guarded(shim, 'web-locks', () => ask(shim, names, args, request));
          if (!asked) return Reflect.apply(original, this, args);
          const result = Reflect.apply(original, this, asked.args);
          if (!types.isPromise(result)) return result;
          // The program gets the promise that follows: with a listener beside the program's, Node would not report a rejection.
          return then.call(
            result,
            (value: unknown) => {
              asked.end();
              return value;
            },
            (error: unknown) => {
              asked.end();
              throw error;
            },
          );
        },
    );
  },
};

interface Asked {
  /** The program's arguments, with a callback around its own that tells when the lock is granted. */
  readonly args: unknown[];
  end(): void;
}

function ask(
  shim: Shim,
  names: Names,
  args: readonly unknown[],
  skip: (...args: never[]) => unknown,
): Asked | undefined {
  const [name] = args;
  const callback = args.length > 2 ? args[2] : args[1];
  // Node refuses or converts anything else.
  if (typeof name !== 'string' || typeof callback !== 'function') return undefined;
  const { recorder, sites } = shim;
  const resource = names.resource(name);
  const site = sites.here(skip);
  const wait = recorder.newWait();
  const options = args.length > 2 ? args[1] : undefined;
  const timeout = isLimited(options);
  const shared = ownOf(options, 'mode') === 'shared';
  let ticket = 0;
  let waiting = true;
  recorder.record('waitAcquire', { resource, site, wait });
  const stop = (outcome: Outcome): void => {
    if (!waiting) return;
    waiting = false;
    recorder.record('waitEnd', { awaited: resource, site, wait, outcome });
  };
  const granted = (lock: unknown): void => {
    if (lock === null) {
      stop('wouldBlock');
      return;
    }
    ticket = sharedTicket(names.key(name));
    recorder.record('acquire', { resource, site, ticket, ledBy: wait, timeout, shared });
    stop('ok');
  };
  const withTelling = function (this: unknown, ...given: unknown[]): unknown {
    guarded(shim, 'web-locks', () => granted(given[0]));
    return Reflect.apply(callback as Callback, this, given);
  };
  const end = (): void => {
    guarded(shim, 'web-locks', () => {
      stop('cancelled');
      if (ticket !== 0) recorder.record('release', { resource, ticket });
    });
  };
  return { args: args.length > 2 ? [name, args[1], withTelling] : [name, withTelling], end };
}

/** Whether the request ends by itself: where the lock is not free, or by a signal. */
function isLimited(options: unknown): boolean {
  return ownOf(options, 'ifAvailable') === true || ownOf(options, 'signal') !== undefined;
}

/** An option of a request. Runs nothing of the program. */
function ownOf(options: unknown, name: string): unknown {
  if (typeof options !== 'object' || options === null || types.isProxy(options)) return undefined;
  return Object.getOwnPropertyDescriptor(options, name)?.value;
}

/** Ids of locks by name: within a process, locks of the same name are one lock. */
class Names {
  readonly #shim: Shim;
  readonly #ids = new Map<string, ResourceId>();

  constructor(shim: Shim) {
    this.#shim = shim;
  }

  key(name: string): string {
    return `webLock:${this.#shim.thread.processKey}:${name}`;
  }

  resource(name: string): ResourceId {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const { recorder } = this.#shim;
    const id = recorder.defineResource({ key: this.key(name), kind: 'webLock', name });
    this.#ids.set(name, id);
    recorder.record('open', { resource: id, role: ROLE.read | ROLE.write });
    return id;
  }
}
