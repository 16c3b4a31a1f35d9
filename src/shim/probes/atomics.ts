import { types } from 'node:util';
import type { Outcome } from '../../base/channels.ts';
import { OWN_HANDLE } from '../../base/environment.ts';
import type { Ns, ResourceId, WaitNumber } from '../../base/quantities.ts';
import { FLAG, outcomeToFlags, ROLE } from '../../trace/format/records.ts';
import { memoryNumber } from '../atomics/buffer-identity.ts';
import { watchRealms } from '../atomics/realms.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { guarded } from '../core/guard.ts';
import { observed, type Reporting } from '../core/observe.ts';
import { surround } from '../core/patch.ts';
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

/**
 * Atomics.wait, waitAsync and notify. What is waited for is one element of a shared buffer, known to all threads by the
 * buffer's memory and the element's place in it. Node's own waits are left out, and the runtime marks its own.
 */
export const atomics: Probe = {
  name: 'atomics',
  install(shim) {
    const elements = new Elements(shim);
    const where = { ...shim, probe: 'atomics' };
    const instrument = (own: object): void => {
      observeWait(where, elements, own);
      observeWaitAsync(where, elements, own);
      observeNotify(shim, where, elements, own);
    };
    instrument(Atomics);
    watchRealms(shim, instrument);
  },
};

function observeWait(where: Reporting, elements: Elements, own: object): void {
  surround<Wait>(own, 'wait', where, {
    begin: (_self, args) => elements.begin(args, FLAG.sync),
    end: (wait, returned, result) => elements.end(wait, FLAG.sync, outcomeOf(returned, result)),
    repeats: isPlain,
  });
}

function observeWaitAsync(where: Reporting, elements: Elements, own: object): void {
  const { then } = Promise.prototype;
  surround<Wait>(own, 'waitAsync', where, {
    begin: (_self, args) => elements.begin(args, 0),
    end: (wait, returned, result) => {
      const value: unknown = returned ? Reflect.get(Object(result), 'value') : undefined;
      // The promise of `waitAsync` is never rejected.
      if (types.isPromise(value))
        then.call(value, (v: unknown) =>
          guarded(where, 'atomics', () => elements.end(wait, 0, outcomeOf(true, v))),
        );
      else elements.end(wait, 0, outcomeOf(returned, value));
    },
    repeats: isPlain,
  });
}

function observeNotify(shim: Shim, where: Reporting, elements: Elements, own: object): void {
  surround<number>(own, 'notify', where, {
    begin: () => shim.recorder.clock.now(),
    end: (time, returned, woken, args) => {
      if (returned) elements.notified(time, args, Number(woken));
    },
    repeats: isPlain,
  });
}

function outcomeOf(returned: boolean, result: unknown): Outcome {
  return returned ? (OUTCOME[String(result)] ?? 'ok') : 'error';
}

/** Nothing of the program runs when Node looks at them. */
function isPlain(args: readonly unknown[]): boolean {
  return args.every((arg) => ArrayBuffer.isView(arg) || Object(arg) !== arg);
}

interface Element {
  readonly resource: ResourceId;
  /** Waits that block have a sampler of their own: where a thread stands still is what a hang is about. */
  readonly blocking: Sampler;
  readonly passing: Sampler;
  readonly isNodes: boolean;
}

const blockingWaits = new Ration();
/** For so long, ns, blocking waits at one line are taken to have the same callers. Short: a wrong stack might be that of a hang. */
const FRESH_NS = 1e6;

interface Wait {
  readonly n: WaitNumber;
  readonly element: Element;
}

/** Module hooks on a thread of Node's own are waited for by Node's own code: no business of the program, and no hang. */
function calledByNode(): boolean {
  return captureFrames(observed, 1)[0]?.getFileName()?.startsWith('node:') === true;
}

/** The elements of shared memory that this thread has waited for or notified. */
class Elements {
  readonly #shim: Shim;
  readonly #keys = new WeakMap<SharedArrayBuffer, string>();
  readonly #byKey = new Map<string, Element>();
  readonly #byArray = new WeakMap<Shared, Map<number, Element>>();
  #strangers = 0;
  /** The timers that were told last. */
  #told = '';

  constructor(shim: Shim) {
    this.#shim = shim;
  }

  /** Records that a wait begins; `undefined`: it is Node's or the runtime's own, or one that Node will refuse. */
  begin(args: readonly unknown[], flags: number): Wait | undefined {
    const time = this.#shim.recorder.clock.now();
    const element = this.#elementOf(args);
    if (!element) return undefined;
    const [array, index, expected, timeout] = args;
    const { recorder, sites } = this.#shim;
    const ms = timeout === undefined ? Number.NaN : Number(timeout);
    const blocks = (load as (a: unknown, i: unknown) => unknown)(array, index) === expected && !(ms <= 0);
    const n = recorder.newWait();
    const sampler = blocks ? element.blocking : element.passing;
    const sampled = sites.sample(sampler, time, observed);
    const armed = Number.isFinite(ms) ? FLAG.timeout : 0;
    const value = armed ? Math.min(Math.max(0, ms), 0xffffffff) : 0;
    const all = flags | armed | sampled;
    recorder.beginAtomicsWait(time, element.resource, sampler.site, all, n, value);
    if (blocks && (flags & FLAG.sync) !== 0) {
      if (armed === 0) this.#tellTimers();
      recorder.flush();
    }
    return { n, element };
  }

  /** The thread stands still from now on, and so do its timers. */
  #tellTimers(): void {
    const { sources, recorder } = this.#shim;
    const list = sources.timers.once();
    const told = list.map(({ due, site }) => `${due} ${site}`).join();
    if (told === this.#told) return;
    this.#told = told;
    recorder.define({ type: 'timers', time: recorder.clock.now(), list });
  }

  end({ n, element: { resource } }: Wait, flags: number, outcome: Outcome): void {
    this.#shim.recorder.endWait(resource, flags | outcomeToFlags(outcome), n);
  }

  notified(time: Ns, args: readonly unknown[], woken: number): void {
    const element = this.#elementOf(args);
    if (!element) return;
    const { resource, passing: sampler } = element;
    const count = args[2];
    const flags = this.#shim.sites.sample(sampler, time, observed);
    const asked = count === undefined ? 0xffffffff : Math.min(Math.max(0, Number(count)), 0xffffffff);
    this.#shim.recorder.notify(time, resource, sampler.site, flags, asked, woken);
  }

  #elementOf(args: readonly unknown[]): Element | undefined {
    // The program may pass anything: only what was found to be an element before is in the map.
    const known = this.#byArray.get(args[0] as Shared)?.get(args[1] as number);
    const element = known ?? this.#newElement(args);
    return element?.isNodes ? undefined : element;
  }

  #newElement(args: readonly unknown[]): Element | undefined {
    if (!isElement(args)) return undefined;
    const [array, index] = args;
    const elements = this.#byArray.get(array) ?? new Map<number, Element>();
    this.#byArray.set(array, elements);
    const element = this.#find(array, index);
    elements.set(index, element);
    return element;
  }

  #find(array: Shared, index: number): Element {
    const offset = array.byteOffset + index * array.BYTES_PER_ELEMENT;
    const key = `${this.#keyOf(array.buffer)}:${offset}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const isNodes = calledByNode();
    const resource = isNodes ? 0 : this.#define(key);
    const { callSites } = this.#shim.session.options;
    const blocking = new Sampler(callSites, { ration: blockingWaits, mostBetween: 1, freshNs: FRESH_NS });
    const element = { resource, blocking, passing: new Sampler(callSites), isNodes };
    this.#byKey.set(key, element);
    return element;
  }

  #define(key: string): ResourceId {
    const { recorder } = this.#shim;
    const name = key.slice(key.indexOf(':') + 1).replace(/^.*\./, '');
    const resource = recorder.defineResource({ key, kind: 'atomics', name });
    recorder.record('open', { resource, role: ROLE.read | ROLE.write });
    return resource;
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
