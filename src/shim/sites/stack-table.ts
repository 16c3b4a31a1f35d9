import type { SiteId } from '../../base/quantities.ts';
import type { Recorder } from '../core/recorder.ts';
import { type FrameFile, type FrameFiles, type Position, toPath } from './frame-files.ts';
import { SourceMaps } from './source-maps.ts';
import type { RawFrame } from './stack.ts';

/** Frames of a stack that are kept, the nearest ones. */
const MOST_FRAMES = 16;
/** Beyond this many sites no new ones are defined: generated code could make them without end. */
const MAX_SITES = 100_000;
/** A line holds fewer characters; beyond that, places in one line may be taken for one. */
const COLUMNS = 2 ** 20;

/** A stack: its nearest frame and the stack of the frame's caller. */
interface Stack {
  readonly id: number;
  /** By what {@link keyOf} tells of the next nearer frame. */
  readonly nearer: Map<number, Stack>;
}

/** What {@link StackTable.positionOf} needs of V8's frame to know it again. */
interface Kept {
  readonly position: Position;
  readonly isAsync: boolean;
}

/** Numbers the stacks of one thread, and defines each in the trace: a frame, and the number of the stack below it. */
export class StackTable {
  readonly #recorder: Recorder;
  readonly #files: FrameFiles;
  readonly #maps = new SourceMaps();
  readonly #outermost = new Map<number, Stack>();
  #positions = 0;
  #count = 0;

  constructor(recorder: Recorder, files: FrameFiles) {
    this.#recorder = recorder;
    this.#files = files;
  }

  /**
   * Number of the stack `frames`, the nearest first; 0: none of them is the program's, or there are too many stacks.
   * `isMapped`: they are positions in the sources.
   */
  idOf(frames: readonly RawFrame[], isMapped = false): SiteId {
    const kept = this.#keep(frames, isMapped);
    let stack: Stack | undefined;
    for (let i = kept.length - 1; i >= 0; i--) {
      stack = this.#nearer(stack, kept[i] as Kept);
      if (stack === undefined) return 0;
    }
    return stack?.id ?? 0;
  }

  /** The nearest frame of the program's or of a package; `undefined`: there is none among `frames`. */
  nearest(frames: readonly RawFrame[]): Position | undefined {
    for (const frame of frames) {
      const file = this.#fileOf(frame);
      if (file) return this.#positionOf(file, frame, false);
    }
    return undefined;
  }

  /** Of frames of the same package that follow each other, the nearest one stays. */
  #keep(frames: readonly RawFrame[], isMapped: boolean): Kept[] {
    const kept: Kept[] = [];
    let lastPackage = '';
    for (const frame of frames) {
      const file = this.#fileOf(frame);
      if (!file) continue;
      const isFolded = file.owner === 'package' && file.package === lastPackage;
      lastPackage = file.package;
      if (isFolded) continue;
      kept.push({ position: this.#positionOf(file, frame, isMapped), isAsync: frame.isAsync() });
      if (kept.length === MOST_FRAMES) break;
    }
    return kept;
  }

  #fileOf(frame: RawFrame): FrameFile | undefined {
    const name = frame.getFileName();
    if (!name) return undefined;
    const file = this.#files.get(name);
    return file.owner === 'left out' ? undefined : file;
  }

  #positionOf(file: FrameFile, frame: RawFrame, isMapped: boolean): Position {
    const line = frame.getLineNumber() ?? 0;
    const column = frame.getColumnNumber() ?? 0;
    const key = line * COLUMNS + (column % COLUMNS) + (isMapped ? 0.5 : 0);
    let position = file.positions.get(key);
    if (position === undefined) {
      const fn = frame.getFunctionName() ?? '';
      position = { id: ++this.#positions, file, line, column, fn, isMapped };
      file.positions.set(key, position);
    }
    return position;
  }

  #nearer(below: Stack | undefined, frame: Kept): Stack | undefined {
    const known = below?.nearer ?? this.#outermost;
    const key = keyOf(frame);
    let stack = known.get(key);
    if (stack === undefined && this.#count < MAX_SITES) {
      stack = { id: ++this.#count, nearer: new Map() };
      known.set(key, stack);
      this.#define(stack.id, frame, below?.id);
    }
    return stack;
  }

  #define(id: number, { position, isAsync }: Kept, caller: number | undefined): void {
    const { file, line, column, fn, isMapped } = position;
    const generated = { file: toPath(file.name), line, column, fn };
    const place = isMapped ? generated : this.#maps.original(generated);
    this.#recorder.define({
      type: 'site',
      id,
      ...place,
      ...(caller !== undefined && { caller }),
      ...(isAsync && { async: true }),
      ...(file.package !== '' && { package: file.package }),
    });
  }
}

function keyOf({ position, isAsync }: Kept): number {
  return position.id * 2 + (isAsync ? 1 : 0);
}
