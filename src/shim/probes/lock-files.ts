import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ms, Ns, ResourceId, SiteId, WaitNumber } from '../../base/quantities.ts';
import { ROLE } from '../../trace/format/records.ts';
import type { Probe, Shim } from '../context/shim.ts';
import { builtin } from '../core/builtins.ts';
import { natives } from '../core/natives.ts';
import { observed } from '../core/observe.ts';
import { observe } from '../core/patch.ts';
import { Ration } from '../sites/sampler.ts';

/**
 * Files and folders that are made only where there are none (`wx`, `O_EXCL`, `mkdir`): locks between processes. One that lives
 * for a moment only, as a temporary file does, is not told; nor is a try that is not made again and again.
 */
export const lockFiles: Probe = {
  name: 'lock-files',
  install(shim) {
    const where = { ...shim, probe: 'lock-files' };
    const book = new LockFiles(shim);
    const watch = (owner: object): void => {
      for (const [name, isExclusive] of MAKERS)
        for (const method of methods(owner, name))
          observe(owner, method, where, (_self, args) => {
            if (isExclusive(args)) book.makes(args[0]);
          });
      for (const name of ['unlink', 'rm', 'rmdir'])
        for (const method of methods(owner, name))
          observe(owner, method, where, (_self, args) => book.removes(args[0]));
    };
    watch(fs);
    const loaded: unknown = Reflect.get(process, 'moduleLoadList');
    let watched = false;
    let known = 0;
    // Called with each write of records: it looks only where Node has loaded something since.
    const watchPromises = (): void => {
      if (watched || !Array.isArray(loaded) || loaded.length === known) return;
      known = loaded.length;
      if (!loaded.includes(PROMISES)) return;
      watched = true;
      watch(fs.promises);
    };
    shim.recorder.beforeFlush(watchPromises);
    // Node loads a module of the program after that.
    natives.soon(() => {
      watchPromises();
      if (watched) builtin('node:module').syncBuiltinESMExports();
    });
  },
};

/** What Node notes when it loads `fs.promises`: to load them for every program would cost each of them a millisecond. */
const PROMISES = 'NativeModule internal/fs/promises';

type IsExclusive = (args: readonly unknown[]) => boolean;
const MAKERS: readonly (readonly [string, IsExclusive])[] = [
  ['open', ([, flags]) => excludes(flags)],
  ['writeFile', ([, , options]) => excludes(ownOf(options, 'flag'))],
  ['mkdir', ([, options]) => ownOf(options, 'recursive') !== true],
];

function methods(owner: object, name: string): string[] {
  return [name, `${name}Sync`].filter((method) => method in owner);
}

function excludes(flags: unknown): boolean {
  if (typeof flags === 'number') return (flags & fs.constants.O_EXCL) !== 0;
  return typeof flags === 'string' && (flags[1] === 'x' || flags[0] === 'x');
}

/** An option of a call. Runs nothing of the program but a proxy. */
function ownOf(options: unknown, name: string): unknown {
  if (typeof options !== 'object' || options === null) return undefined;
  return Object.getOwnPropertyDescriptor(options, name)?.value;
}

/** A file that lives shorter is not told, ms; it is looked for again after each of these times. */
const BRIEF_MS = 60;
/** How often it is asked whether those who tried have given up, ms. */
const AGAIN_MS = 500;
/** Who has tried so often in vain waits. Two tries within a call are one. */
const TRIES = 3;
const ONE_TRY_NS = 1e6;
/** Who does not try again for so long has given up: ns, and so many times the longest time between two tries. */
const GIVES_UP_NS = 2e9;
const GIVES_UP_TIMES = 4;
/** Most files that are watched at a time, and that are told of one thread. */
const MOST = 1000;

/** A file that this thread has made. */
interface Held {
  readonly site: SiteId;
  readonly since: Ns;
  /** Of the acquisition, 0: not told. */
  ticket: number;
}
/** A file that this thread has tried to make, while it was there. */
interface Tried {
  tries: number;
  last: Ns;
  longest: Ns;
  /** 0: it is not said to wait. */
  wait: WaitNumber;
}

class LockFiles {
  readonly #shim: Shim;
  readonly #held = new Map<string, Held>();
  readonly #tried = new Map<string, Tried>();
  readonly #resources = new Map<string, ResourceId>();
  readonly #ration = new Ration();
  readonly #lstat = fs.lstatSync;
  #armed = false;

  constructor(shim: Shim) {
    this.#shim = shim;
    shim.recorder.beforeFlush(() => this.#tellHeld(0));
  }

  /** Called before the file is made: whether it is there shows how that will end. */
  makes(name: unknown): void {
    const file = fileOf(name);
    if (file === undefined) return;
    const now = this.#shim.recorder.clock.now();
    if (this.#lstat(file, { throwIfNoEntry: false }) === undefined) this.#succeeds(file, now);
    else this.#fails(file, now);
  }

  #succeeds(file: string, since: Ns): void {
    const tried = this.#tried.get(file);
    this.#tried.delete(file);
    if (this.#held.size >= MOST) return;
    // A stack costs as much as the file.
    const site = this.#ration.take(since) ? this.#shim.sites.here(observed) : 0;
    const held: Held = { site, since, ticket: 0 };
    this.#held.set(file, held);
    if (tried !== undefined && tried.wait !== 0) this.#tell(file, held, tried.wait);
    else this.#arm(BRIEF_MS);
  }

  #fails(file: string, now: Ns): void {
    const held = this.#held.get(file);
    if (held !== undefined) {
      // Two made it at the same moment, and another one was first; or it is this thread that has it, and asks once more.
      if (held.ticket !== 0 || now - held.since < ONE_TRY_NS) return;
      this.#held.delete(file);
    }
    let tried = this.#tried.get(file);
    if (tried === undefined) {
      if (this.#tried.size >= MOST) return;
      tried = { tries: 0, last: now - ONE_TRY_NS, longest: 0, wait: 0 };
      this.#tried.set(file, tried);
    } else tried.longest = Math.max(tried.longest, now - tried.last);
    if (now - tried.last >= ONE_TRY_NS) tried.tries++;
    tried.last = now;
    if (tried.tries >= TRIES && tried.wait === 0) this.#wait(file, tried);
    this.#arm(AGAIN_MS);
  }

  #wait(file: string, tried: Tried): void {
    const resource = this.#resource(file);
    if (resource === 0) return;
    const { recorder, sites } = this.#shim;
    tried.wait = recorder.newWait();
    recorder.record('waitAcquire', { resource, wait: tried.wait, site: sites.here(observed) });
  }

  /** The program is about to remove it, whoever has made it. */
  removes(name: unknown): void {
    if (this.#held.size === 0 && this.#tried.size === 0) return;
    const file = fileOf(name);
    if (file === undefined) return;
    const held = this.#held.get(file);
    this.#held.delete(file);
    const resource = this.#resources.get(file);
    if (resource === undefined || (held?.ticket === 0 && !this.#tried.has(file))) return;
    // Without a ticket it is whatever acquisition is known.
    this.#shim.recorder.record('release', { resource, ticket: held?.ticket ?? 0 });
  }

  #tellHeld(brief: Ms): void {
    const now = this.#shim.recorder.clock.now();
    for (const [file, held] of this.#held)
      if (held.ticket === 0 && now - held.since >= brief * 1e6) this.#tell(file, held, 0);
  }

  #tell(file: string, held: Held, wait: WaitNumber): void {
    const resource = this.#resource(file);
    if (resource === 0) {
      this.#held.delete(file);
      return;
    }
    held.ticket = ticket();
    const { recorder } = this.#shim;
    // Who tries once may do without: only those who have waited can hang.
    recorder.record('acquire', {
      resource,
      site: held.site,
      ticket: held.ticket,
      ledBy: wait,
      timeout: wait === 0,
    });
    if (wait !== 0) recorder.record('waitEnd', { awaited: resource, wait, outcome: 'ok' });
  }

  #arm(ms: Ms): void {
    if (this.#armed) return;
    this.#armed = true;
    natives.later(this.#look, ms);
  }

  readonly #look = (): void => {
    this.#armed = false;
    this.#tellHeld(BRIEF_MS * 0.9);
    this.#giveUp();
    if ([...this.#held.values()].some(({ ticket }) => ticket === 0)) this.#arm(BRIEF_MS);
    else if (this.#tried.size > 0) this.#arm(AGAIN_MS);
  };

  #giveUp(): void {
    const { recorder } = this.#shim;
    const now = recorder.clock.now();
    for (const [file, { last, longest, wait }] of this.#tried) {
      if (now - last < Math.max(GIVES_UP_NS, longest * GIVES_UP_TIMES)) continue;
      this.#tried.delete(file);
      const awaited = this.#resources.get(file);
      if (wait !== 0 && awaited !== undefined)
        recorder.record('waitEnd', { awaited, wait, outcome: 'timeout' });
    }
  }

  /** 0: too many are known. */
  #resource(file: string): ResourceId {
    const known = this.#resources.get(file);
    if (known !== undefined) return known;
    if (this.#resources.size >= MOST) return 0;
    const { recorder } = this.#shim;
    const resource = recorder.defineResource({
      key: `file:${file}`,
      kind: 'lockFile',
      name: path.basename(file),
    });
    this.#resources.set(file, resource);
    recorder.record('open', { resource, role: ROLE.read | ROLE.write });
    return resource;
  }
}

/** No two acquisitions of one file have the same, whichever processes make it. */
function ticket(): number {
  return 1 + Math.floor(Math.random() * 0xfffffffe);
}

function fileOf(name: unknown): string | undefined {
  if (typeof name === 'string') return path.resolve(name);
  return name instanceof URL && name.protocol === 'file:' ? fileURLToPath(name) : undefined;
}
