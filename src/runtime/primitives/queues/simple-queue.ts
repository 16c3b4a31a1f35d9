import { optionsOf } from '../../core/arguments/options.ts';
import {
  BOTH,
  type Core,
  checkName,
  createCore,
  Handle,
  registerSingle,
} from '../../core/handles/handles.ts';
import { encodeMessage, Messages, readValue } from '../../core/messages/messages.ts';
import { FORM, Ring, ringShape } from '../../core/messages/ring.ts';

/** A queue with `put`, `get`, `empty` and `close`, and nothing else. */
export class SimpleQueue<T = unknown> extends Handle {
  readonly #messages: Messages;

  constructor(options: { readonly name?: string } = {}, core?: Core) {
    const own =
      core ??
      createCore(
        ringShape('simpleQueue'),
        { name: checkName(optionsOf(options).name), capacity: 0 },
        (content, memory) => Ring.initialise(content, memory, 0, 0),
      );
    super(own, BOTH);
    this.#messages = new Messages(own, 'ignored');
  }

  async put(item: T): Promise<void> {
    await this.#messages.send(encodeMessage(item, this.core.info), FORM.value, Number.POSITIVE_INFINITY);
  }

  putSync(item: T): void {
    this.#messages.sendSync(encodeMessage(item, this.core.info), FORM.value, Number.POSITIVE_INFINITY);
  }

  async get(): Promise<T> {
    this.core;
    return (await this.#messages.receive(readValue, Number.POSITIVE_INFINITY)) as T;
  }

  getSync(): T {
    this.core;
    return this.#messages.receiveSync(readValue, Number.POSITIVE_INFINITY) as T;
  }

  empty(): boolean {
    this.core;
    return this.#messages.ring.count === 0;
  }
}

registerSingle(SimpleQueue.prototype, 'simpleQueue', (core) => new SimpleQueue({}, core));
