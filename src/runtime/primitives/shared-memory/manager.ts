import { crypto } from '../../../base/builtins.ts';
import { atMost, Internal } from '../../core/arguments/internal.ts';
import { FileNotFoundError, ValueError } from '../../core/errors/errors.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import { segmentsOf } from './owners.ts';
import { ofManager, ShareableList, type ShareableValue } from './shareable-list.ts';
import { managed, SharedMemory } from './shared-memory.ts';

/** In the place of arguments: the id of a manager that exists. */
const existing = new Internal<string>();

type Phase = 'initial' | 'started' | 'shutdown';

/**
 * Makes segments and removes them all at `shutdown`, those that other processes made with it too. Python keeps a server
 * process for that; here the segments themselves tell whose they are, so no signal to a server can lose them.
 */
export class SharedMemoryManager implements Disposable {
  readonly #id: string;
  #phase: Phase;

  /** Takes nothing: `new SharedMemoryManager().start()`. */
  constructor();
  constructor(...given: [existing?: never]) {
    const [id] = [existing.received(given[0])];
    if (id === undefined) atMost(0, given, 'new SharedMemoryManager()');
    this.#id = id ?? crypto().randomBytes(8).toString('hex');
    this.#phase = id === undefined ? 'initial' : 'started';
  }

  /** A manager that was started elsewhere. @internal */
  static of(id: string): SharedMemoryManager {
    const Class = SharedMemoryManager as new (existing: object) => SharedMemoryManager;
    return new Class(existing.pass(id));
  }

  /** @throws ValueError when it was started before */
  start(): this {
    if (this.#phase !== 'initial') throw new ValueError(`the manager is already ${this.#phase}`);
    this.#phase = 'started';
    return this;
  }

  /** A new segment of `size` bytes. */
  SharedMemory(size: number): SharedMemory {
    return new SharedMemory(managed.pass({ options: { create: true, size }, manager: this.#started() }));
  }

  /** A new list of these items. */
  ShareableList(items: Iterable<ShareableValue>): ShareableList {
    return new ShareableList(items, ofManager.pass({ options: {}, manager: this.#started() }));
  }

  /** Removes all segments that were made with it. A second call does nothing. */
  shutdown(): void {
    this.#phase = 'shutdown';
    for (const name of segmentsOf(this.#id)) remove(name);
  }

  [Symbol.dispose](): void {
    this.shutdown();
  }

  /** @internal */
  get id(): string {
    return this.#started();
  }

  #started(): string {
    if (this.#phase !== 'started') throw new ValueError(`the manager is ${this.#phase}: start() it`);
    return this.#id;
  }
}

function remove(name: string): void {
  try {
    const segment = new SharedMemory({ name });
    segment.close();
    segment.unlink();
  } catch (error) {
    // Somebody unlinked it in the meantime.
    if (!(error instanceof FileNotFoundError)) throw error;
  }
}

registerHandle<SharedMemoryManager>(SharedMemoryManager.prototype, {
  id: 'sharedMemoryManager',
  toWire: (manager) => ({ fields: [manager.id], blocks: [] }),
  fromWire: ([id]) => SharedMemoryManager.of(id as string),
});
