import type { ChildId, WaitNumber } from '../../base/quantities.ts';
import { liveChildren } from '../children/live-children.ts';
import { liveWorkers } from '../children/live-workers.ts';
import type { Shim } from '../context/shim.ts';
import type { HandleExpert } from '../rest/counts.ts';
import type { StdioPipes } from './pipes.ts';

/**
 * The waits of a resting thread at its stdio pipes: for room, where its own output stands still; and for the ends of its
 * children, where it has left their output unread and nothing else can wake it. The handles behind these waits are explained.
 */
export class StdioRest implements HandleExpert {
  readonly #shim: Shim;
  readonly #pipes: StdioPipes;
  /** Numbers of the open waits for the ends of children, by the id of the child's definition. */
  readonly #waits = new Map<ChildId, WaitNumber>();

  constructor(shim: Shim, pipes: StdioPipes) {
    this.#shim = shim;
    this.#pipes = pipes;
  }

  explain(handles: readonly object[], unrefTimers: number): ReadonlySet<unknown> {
    const { writers, readers } = this.#pipes.stalled;
    const explained = new Set<unknown>();
    // A worker may wake this thread, and so may a timer that Node does not list; that may read, or end the process.
    if (liveWorkers.size > 0 || unrefTimers > 0) return explained;
    for (const socket of writers) explained.add(socket).add(socket._handle);
    if (readers.length === 0) return explained;
    const children = [...liveChildren.keys()];
    const theirs = new Set<unknown>(children);
    for (const child of children) for (const handle of handlesOf(child)) theirs.add(handle);
    if (children.length === 0 || handles.some((h) => !theirs.has(h) && !explained.has(h))) return explained;
    for (const child of children) this.#wait(child);
    for (const handle of theirs) explained.add(handle);
    return explained;
  }

  resumed(): void {
    if (this.#waits.size === 0) return;
    const waits = [...this.#waits];
    this.#waits.clear();
    for (const [id, wait] of waits) this.#shim.recorder.record('waitEnd', { awaited: id, wait });
  }

  #wait(child: object): void {
    const started = liveChildren.get(child);
    if (started === undefined || this.#waits.has(started.id)) return;
    const { recorder } = this.#shim;
    const wait = recorder.newWait();
    this.#waits.set(started.id, wait);
    recorder.record('waitChild', { child: started.id, wait });
  }
}

/** What only the child, or what it has started, can wake: its pipes and its IPC channel. */
function handlesOf(child: object): unknown[] {
  const stdio: unknown = Reflect.get(child, 'stdio');
  const channel = Object.getOwnPropertySymbols(child).find((s) => s.description === 'kChannelHandle');
  return [...(Array.isArray(stdio) ? stdio : []), channel && Reflect.get(child, channel)];
}
