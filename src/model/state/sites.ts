import type { SiteDefinition } from '../../trace/format/definitions.ts';
import type { CallSite, StackFrame } from '../types/index.ts';

/** A stack: its nearest frame, and the index of the stack below, 0: none. */
interface Stack {
  readonly frame: StackFrame;
  readonly caller: number;
}

/** A corrupt trace may have longer chains. */
const MOST_FRAMES = 64;

/**
 * Call sites of all streams, interned. A reference is `2 × index + sampled`, so that columns hold one number; 0 is "unknown".
 */
export class SiteTable {
  private readonly byKey = new Map<string, number>();
  /** By index. */
  private readonly stacks: (Stack | null)[] = [null];
  /** Lines of each file that are in a stack, of the program's own code. */
  private readonly lines = new Map<string, Set<number>>();
  /** By reference, made when asked for. */
  private readonly views: (CallSite | undefined)[] = [];

  /**
   * The index of a definition's stack, from 1.
   * @param caller index of the stack below its frame, 0: none
   */
  intern(def: Omit<SiteDefinition, 'type' | 'id' | 'caller'>, caller: number): number {
    const { file, line, column, fn, async = false, package: package_ = '' } = def;
    const key = `${caller}:${line}:${column}:${async ? 'a' : ''}:${fn}:${file}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const index = this.stacks.length;
    this.stacks.push({ frame: { file, line, column, fn, async, package: package_ }, caller });
    this.byKey.set(key, index);
    if (package_ === '') this.noteLine(file, line);
    return index;
  }

  /** Lines of a file at which something happened, or by way of which. */
  linesOf(file: string): Iterable<number> {
    return this.lines.get(file) ?? [];
  }

  /** Indexes of the stacks that lead through a line of one of these files. */
  through(files: readonly string[], line: number): Set<number> {
    const found = new Set<number>();
    for (let index = 1; index < this.stacks.length; index++) {
      const frames = this.framesOf(index);
      if (frames.some((frame) => frame.package === '' && frame.line === line && files.includes(frame.file)))
        found.add(index);
    }
    return found;
  }

  private noteLine(file: string, line: number): void {
    const known = this.lines.get(file);
    if (known === undefined) this.lines.set(file, new Set([line]));
    else known.add(line);
  }

  view(ref: number): CallSite | null {
    const known = this.views[ref];
    if (known !== undefined) return known;
    const frames = this.framesOf(ref >> 1);
    const place = frames.find((frame) => frame.package === '') ?? frames[0];
    if (place === undefined) return null;
    const { file, line, column, fn } = place;
    const view = { file, line, column, fn, sampled: (ref & 1) === 1, frames };
    this.views[ref] = view;
    return view;
  }

  /** Files that frames of the program's own code name. */
  files(): string[] {
    const own = this.stacks.flatMap((stack) => (stack?.frame.package === '' ? [stack.frame.file] : []));
    return [...new Set(own)];
  }

  private framesOf(index: number): StackFrame[] {
    const frames: StackFrame[] = [];
    for (let at = index; frames.length < MOST_FRAMES; ) {
      const stack = this.stacks[at];
      if (!stack) break;
      frames.push(stack.frame);
      at = stack.caller;
    }
    return frames;
  }
}

export function siteRef(index: number, sampled: boolean): number {
  return index === 0 ? 0 : index * 2 + (sampled ? 1 : 0);
}
