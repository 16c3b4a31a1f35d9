import { types } from 'node:util';
import type { Outcome } from '../../base/channels.ts';
import { OWN_HANDLE } from '../../base/environment.ts';
import { FLAG, outcomeToFlags, ROLE } from '../../trace/format/records.ts';
import { memoryNumber } from '../atomics/buffer-identity.ts';
import { watchRealms } from '../atomics/realms.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded, reportProblem } from '../core/guard.ts';
import { patch } from '../core/patch.ts';
import { Ration, Sampler } from '../sites/sampler.ts';
import { captureFrames } from '../sites/stack.ts';

const runtimes = Symbol.for(OWN_HANDLE);
const OUTCOME: Readonly<Record<string, Outcome>> = {
  ok: 'ok',
  'timed-out': 'timeout',
  'not-equal': 'wouldBlock',
};
const { load } = Atomics;
type Shared = Int32Array<SharedArrayBuffer> | BigInt64Array<SharedArrayBuffer>;
type Skip = (...args: never[]) => unknown;

/**
 * Atomics.wait, waitAsync and notify. What is waited for is one element of a shared buffer, known to all threads by the
 * buffer's memory and the element's place in it. Node's own waits are left out, and the runtime marks its own.
 */
export const atomics: Probe = {
  name: 'atomics',
  install(shim) {
    const elements = new Elements(shim);
    const instrument = (own: object): void => {
      patchWait(shim, elements, own);
      patchWaitAsync(shim, elements, own);
      patchNotify(shim, elements, own);
    };
    instrument(Atomics);
    watchRealms(shim, instrument);
  },
};

function patchWait(shim: Shim, elements: Elements, own: object): void {
  patch(
    own,
    'wait',
    (original) =>
      function wait(this: unknown, ...args) {
        let begun: Wait | undefined;
        // Without closures, as everything that is called often: they would cost as much as all the rest.
        try {
          begun = elements.begin(args, FLAG.sync, wait);
        } catch (error) {
          reportProblem(shim.recorder, 'atomics', error);
        }
        if (begun === undefined) return Reflect.apply(original, this, args);
        let outcome: Outcome = 'error';
        try {
          const result = Reflect.apply(original, this, args);
          outcome = OUTCOME[String(result)] ?? 'ok';
          return result;
        } finally {
          try {
            elements.end(begun, FLAG.sync, outcome);
          } catch (error) {
            reportProblem(shim.recorder, 'atomics', error);
          }
        }
      },
  );
}

function patchWaitAsync(shim: Shim, elements: Elements, own: object): void {
  const { then } = Promise.prototype;
  patch(
    own,
    'waitAsync',
    (original) =>
      function waitAsync(this: unknown, ...args) {
        const begun = guarded(shim, 'atomics', () => elements.begin(args, 0, waitAsync));
        if (begun === undefined) return Reflect.apply(original, this, args);
        const end = (outcome: Outcome): unknown =>
          guarded(shim, 'atomics', () => elements.end(begun, 0, outcome));
        let result: unknown;
        try {
          result = Reflect.apply(original, this, args);
        } catch (error) {
          end('error');
          throw error;
        }
        guarded(shim, 'atomics', () => {
          const value: unknown = Reflect.get(Object(result), 'value');
          // It is never rejected.
          if (types.isPromise(value)) then.call(value, (v: unknown) => end(OUTCOME[String(v)] ?? 'ok'));
          else end(OUTCOME[String(value)] ?? 'ok');
        });
        return result;
      },
  );
}

function patchNotify(shim: Shim, elements: Elements, own: object): void {
  patch(
    own,
    'notify',
    (original) =>
      function notify(this: unknown, ...args) {
        const time = shim.recorder.clock.now();
        const woken = Reflect.apply(original, this, args);
        try {
          elements.notified(time, args, Number(woken), notify);
        } catch (error) {
          reportProblem(shim.recorder, 'atomics', error);
        }
        return woken;
      },
  );
}

interface Element {
  readonly resource: number;
  /** Of waits that block, and of everything else: where a thread stands still is what a hang is about. */
  readonly blocking: Sampler;
  readonly passing: Sampler;
  readonly isNodes: boolean;
}

const blockingWaits = new Ration();
/** Blocking waits at one line are believed to have the same callers for so long, ns: their stack may be that of a hang. */
const FRESH_NS = 1e6;

interface Wait {
  readonly n: number;
  readonly element: Element;
}

/** Module hooks on a thread of Node's own are waited for by Node's own code: no business of the program, and no hang. */
function calledByNode(skip: Skip): boolean {
  return captureFrames(skip, 1)[0]?.getFileName()?.startsWith('node:') === true;
}

/** The elements of shared memory that this thread has waited for or notified. */
class Elements {
  readonly #shim: Shim;
  readonly #keys = new WeakMap<SharedArrayBuffer, string>();
  readonly #byKey = new Map<string, Element>();
  readonly #byArray = new WeakMap<Shared, Map<number, Element>>();
  #strangers = 0;

  constructor(shim: Shim) {
    this.#shim = shim;
  }

  /** The wait that begins; `undefined`: it is not the program's, or Node will refuse it. */
  begin(args: readonly unknown[], flags: number, skip: Skip): Wait | undefined {
    const time = this.#shim.recorder.clock.now();
    const element = this.#elementOf(args, skip);
    if (!element) return undefined;
    const [array, index, expected, timeout] = args;
    const { recorder, sites } = this.#shim;
    const ms = timeout === undefined ? Number.NaN : Number(timeout);
    const blocks = (load as (a: unknown, i: unknown) => unknown)(array, index) === expected && !(ms <= 0);
    const n = recorder.newWait();
    const sampler = blocks ? element.blocking : element.passing;
    const sampled = sites.sample(sampler, time, skip);
    const armed = Number.isFinite(ms) ? FLAG.timeout : 0;
    const value = armed ? Math.min(Math.max(0, ms), 0xffffffff) : 0;
    const all = flags | armed | sampled;
    recorder.beginAtomicsWait(time, element.resource, sampler.site, all, n, value);
    if (blocks && (flags & FLAG.sync) !== 0) recorder.flush();
    return { n, element };
  }

  end({ n, element: { resource } }: Wait, flags: number, outcome: Outcome): void {
    this.#shim.recorder.endWait(resource, flags | outcomeToFlags(outcome), n);
  }

  notified(time: number, args: readonly unknown[], woken: number, skip: Skip): void {
    const element = this.#elementOf(args, skip);
    if (!element) return;
    const { resource, passing: sampler } = element;
    const count = args[2];
    const flags = this.#shim.sites.sample(sampler, time, skip);
    const asked = count === undefined ? 0xffffffff : Math.min(Math.max(0, Number(count)), 0xffffffff);
    this.#shim.recorder.notify(time, resource, sampler.site, flags, asked, woken);
  }

  /** `skip`: the shim's function that was called, by which the first use tells whose element it is. */
  #elementOf(args: readonly unknown[], skip: Skip): Element | undefined {
    // Anything may be asked for, and what is there was checked once.
    const known = this.#byArray.get(args[0] as Shared)?.get(args[1] as number);
    const element = known ?? this.#newElement(args, skip);
    return element?.isNodes ? undefined : element;
  }

  #newElement(args: readonly unknown[], skip: Skip): Element | undefined {
    if (!isElement(args)) return undefined;
    const [array, index] = args;
    const elements = this.#byArray.get(array) ?? new Map<number, Element>();
    this.#byArray.set(array, elements);
    const element = this.#find(array, index, skip);
    elements.set(index, element);
    return element;
  }

  #find(array: Shared, index: number, skip: Skip): Element {
    const offset = array.byteOffset + index * array.BYTES_PER_ELEMENT;
    const key = `${this.#keyOf(array.buffer)}:${offset}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const { recorder, session } = this.#shim;
    const isNodes = calledByNode(skip);
    const resource = isNodes ? 0 : recorder.newId();
    const { callSites } = session.options;
    const blocking = new Sampler(callSites, { ration: blockingWaits, mostBetween: 1, freshNs: FRESH_NS });
    const element = { resource, blocking, passing: new Sampler(callSites), isNodes };
    this.#byKey.set(key, element);
    if (isNodes) return element;
    const name = `shared memory ${key.slice(key.indexOf(':') + 1).replace(/^.*\./, '')}`;
    recorder.define({ type: 'resource', id: resource, key, kind: 'atomics', name, capacity: 0, peerKey: '' });
    recorder.record('open', { resource, role: ROLE.read | ROLE.write });
    return element;
  }

  #keyOf(buffer: SharedArrayBuffer): string {
    let key = this.#keys.get(buffer);
    if (key === undefined) {
      key = this.#identify(buffer);
      this.#keys.set(buffer, key);
    }
    return key;
  }

  #identify(buffer: SharedArrayBuffer): string {
    const { recorder, thread } = this.#shim;
    let number: number | undefined;
    try {
      number = memoryNumber(buffer);
    } catch {
      // `--permission`, or a Node without an inspector.
    }
    if (number !== undefined) return `atomics:${thread.processKey}.${number}`;
    recorder.problem(
      'atomics-identity',
      'without the inspector it is not known which threads share a buffer',
    );
    return `atomics:${thread.stream}.unknown${++this.#strangers}`;
  }
}

/** What Atomics.wait takes; the runtime's own arrays are marked. */
function isElement(args: readonly unknown[]): args is readonly [Shared, number, ...unknown[]] {
  const [array, index] = args;
  if (!types.isInt32Array(array) && !types.isBigInt64Array(array)) return false;
  if (typeof index !== 'number' || !(index in array)) return false;
  return types.isSharedArrayBuffer(array.buffer) && !(runtimes in array);
}
