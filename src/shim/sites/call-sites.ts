import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recorder } from '../core/recorder.ts';
import { SourceMaps } from './source-maps.ts';
import { captureFrames, type Frame, type RawFrame } from './stack.ts';

/** What a frame's file belongs to. */
type Owner = 'user' | 'node' | 'shim' | 'runtime';
/** Between the user's line and the runtime's `publish` there are mostly fewer. */
const NEAR = 8;
/** Beyond this many sites no new ones are defined: generated code could make them without end. */
const MAX_SITES = 100_000;

/** Finds the user's line that led to an event, and numbers it. */
export class CallSites {
  readonly #recorder: Recorder;
  readonly #enabled: boolean;
  readonly #maps = new SourceMaps();
  readonly #owners = new Map<string, Owner>();
  readonly #sites = new Map<string, Map<number, number>>();
  #count = 0;

  /** `shim`: path of the bundle that this is, or of the folder with its sources. */
  constructor(recorder: Recorder, shim: string, enabled: boolean) {
    this.#recorder = recorder;
    this.#enabled = enabled;
    this.#owners.set(shim, 'shim');
  }

  /** Id of the site from which `skip` was called, by way of Node's and the runtime's own code; 0: not known. */
  here(skip: (...args: never[]) => unknown): number {
    if (!this.#enabled) return 0;
    // Mostly the caller is the user's own code, and one frame costs a quarter of all.
    return this.ofFrames(captureFrames(skip, 1)) || this.ofFrames(captureFrames(skip));
  }

  ofFrames(frames: readonly RawFrame[]): number {
    for (const frame of frames) {
      const file = frame.getFileName();
      if (file && this.#owner(file) === 'user') return this.#idOf(file, frame);
    }
    return 0;
  }

  /**
   * As {@link here}, for a subscriber of a diagnostics channel. Whoever calls `publish` is the runtime: so its files are
   * known wherever it was installed.
   */
  ofPublisher(skip: (...args: never[]) => unknown): number {
    if (!this.#enabled) return 0;
    return this.#above(captureFrames(skip, NEAR)) || this.#above(captureFrames(skip));
  }

  #above(frames: readonly RawFrame[]): number {
    const publisher = frames.find((f) => this.#owner(f.getFileName() ?? 'node:') !== 'node');
    const file = publisher?.getFileName();
    if (file && this.#owner(file) === 'user') this.#learnRuntime(file);
    return this.ofFrames(frames);
  }

  #runtimeFolder: string | undefined;

  #learnRuntime(file: string): void {
    this.#owners.set(file, 'runtime');
    // Entry of the runtime's children, which lies beside it.
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    for (const name of ['runtime-child.cjs', 'runtime.mjs']) this.#owners.set(folder + name, 'runtime');
    // From sources (its own tests) the runtime is a folder.
    if (file.endsWith('/publish.ts')) this.#runtimeFolder = folder;
  }

  #owner(file: string): Owner {
    const known = this.#owners.get(file);
    if (known) return known;
    if (this.#runtimeFolder && file.startsWith(this.#runtimeFolder)) return 'runtime';
    const owner = file.startsWith('node:') || !/[\\/:]/.test(file) ? 'node' : 'user';
    if (owner === 'node') this.#owners.set(file, owner);
    return owner;
  }

  #idOf(file: string, raw: RawFrame): number {
    const line = raw.getLineNumber() ?? 0;
    const column = raw.getColumnNumber() ?? 0;
    let positions = this.#sites.get(file);
    if (!positions) {
      positions = new Map();
      this.#sites.set(file, positions);
    }
    const key = line * 4096 + (column & 4095);
    let id = positions.get(key);
    if (id === undefined) {
      id = this.#define({ file: toPath(file), line, column, fn: raw.getFunctionName() ?? '' });
      positions.set(key, id);
    }
    return id;
  }

  #define(frame: Frame): number {
    if (this.#count >= MAX_SITES) return 0;
    const id = ++this.#count;
    this.#recorder.define({ type: 'site', id, ...this.#maps.original(frame) });
    return id;
  }
}

/** Loaders add queries to URLs (tsx does): the file is what a person can open. */
function toPath(file: string): string {
  if (!file.startsWith('file:')) return path.normalize(file.replace(/\?[\w.-]+=.*$/, ''));
  try {
    return fileURLToPath(file.replace(/[?#].*$/, ''));
  } catch {
    return file;
  }
}
