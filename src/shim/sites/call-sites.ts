import type { Ns, SiteId } from '../../base/quantities.ts';
import { FLAG } from '../../trace/format/records.ts';
import type { Recorder } from '../core/recorder.ts';
import { FrameFiles } from './frame-files.ts';
import type { Sampler } from './sampler.ts';
import { captureFrames, parseStack, type RawFrame } from './stack.ts';
import { StackTable } from './stack-table.ts';

/** Frames in which the program's nearest one is found nearly always, below the runtime's and Node's. */
const NEAR = 8;
type Skip = (...args: never[]) => unknown;

/** A whole stack whose nearest frame is known. */
interface Seen {
  readonly site: SiteId;
  /** When it was taken, ns. */
  readonly time: Ns;
}

/** Finds the program's lines that led to an event, and numbers them. */
export class CallSites {
  readonly #enabled: boolean;
  readonly #files: FrameFiles;
  readonly #stacks: StackTable;
  /** By the number of the nearest frame's position. */
  readonly #seen = new Map<number, Seen>();

  /** `shim`: path of the bundle that this is, or of the folder with its sources. */
  constructor(recorder: Recorder, shim: string, enabled: boolean) {
    this.#enabled = enabled;
    this.#files = new FrameFiles(shim);
    this.#stacks = new StackTable(recorder, this.#files);
  }

  /** Number of the stack that called `skip`; 0: not known. */
  here(skip: Skip): SiteId {
    return this.#enabled ? this.ofFrames(captureFrames(skip)) : 0;
  }

  ofFrames(frames: readonly RawFrame[]): SiteId {
    return this.#enabled ? this.#stacks.idOf(frames) : 0;
  }

  /** It is code of the program itself. */
  isOwn(frame: RawFrame | undefined): boolean {
    const name = frame?.getFileName();
    return name !== undefined && name !== null && this.#files.get(name).owner === 'own';
  }

  /** Number of the stack that an error shows as text. */
  ofText(stack: string): number {
    if (!this.#enabled) return 0;
    // Node, or whoever formats stacks for the program, has looked into the source maps already.
    const isMapped =
      Reflect.get(process, 'sourceMapsEnabled') === true || typeof Error.prepareStackTrace === 'function';
    return this.#stacks.idOf(parseStack(stack), isMapped);
  }

  /**
   * As {@link here}, for a subscriber of a diagnostics channel. Whoever calls `publish` is the runtime: so its files are
   * known wherever it was installed.
   */
  ofPublisher(skip: Skip): SiteId {
    if (!this.#enabled) return 0;
    const frames = captureFrames(skip);
    this.#learnRuntime(frames);
    return this.#stacks.idOf(frames);
  }

  /**
   * Lets `sampler` decide about an operation at `time` (ns) that was called through `skip`, and sees to its `site`. A whole
   * stack is taken seldom: mostly the nearest frame tells that the stack is the one that was seen a moment ago.
   * @returns FLAG.sampledSite, or 0 where the stack is that of this very operation
   */
  sample(sampler: Sampler, time: Ns, skip: Skip, from: 'program' | 'runtime' = 'program'): number {
    if (!sampler.take(time)) return FLAG.sampledSite;
    const nearest = sampler.freshNs > 0 && this.#enabled ? this.#nearest(sampler, skip) : 0;
    const seen = this.#seen.get(nearest);
    if (seen && time - seen.time < sampler.freshNs) {
      sampler.took(seen.site);
      return FLAG.sampledSite;
    }
    const site = from === 'runtime' ? this.ofPublisher(skip) : this.here(skip);
    sampler.took(site);
    if (nearest !== 0) this.#seen.set(nearest, { site, time });
    return 0;
  }

  /** Number of the nearest frame's position, 0: not known. */
  #nearest(sampler: Sampler, skip: Skip): number {
    const nearest = this.#stacks.nearest(captureFrames(skip, sampler.near));
    if (nearest === undefined) sampler.near = NEAR;
    return nearest?.id ?? 0;
  }

  #learnRuntime(frames: readonly RawFrame[]): void {
    for (const frame of frames) {
      const name = frame.getFileName();
      if (!name || name.startsWith('node:')) continue;
      if (this.#files.get(name).owner !== 'left out') this.#files.learnRuntime(name);
      return;
    }
  }
}
