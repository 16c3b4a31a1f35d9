import { atMost } from '../../core/arguments/internal.ts';
import { optionsOf } from '../../core/arguments/options.ts';
import { checkName, Handle, ofResource, registerSingle } from '../../core/handles/handle.ts';
import { BOTH, createResource } from '../../core/handles/held-resource.ts';
import { encodeMessage, Messages, readValue } from '../../core/messages/messages.ts';
import { FORM, Ring, ringShape } from '../../core/messages/ring.ts';

/** A queue with `put`, `get`, `empty` and `close`, and nothing else. */
export class SimpleQueue<T = unknown> extends Handle {
  readonly #messages: Messages;

  /** @param options `name` appears in traces and errors. @throws TypeMismatch for anything else */
  constructor(options?: { readonly name?: string });
  constructor(...given: [options?: { readonly name?: string }]) {
    const [options = {}] = atMost(1, given, 'new SimpleQueue({ name })');
    const own =
      ofResource.received(options) ??
      createResource(
        ringShape('simpleQueue'),
        { name: checkName(optionsOf(options).name), capacity: 0 },
        (content, memory) => Ring.initialise(content, memory, 0, 0),
      );
    super(own, BOTH);
    this.#messages = new Messages(own, 'ignored');
  }

  async put(item: T): Promise<void> {
    await this.#messages.send(encodeMessage(item, this.resource.info), FORM.value, Number.POSITIVE_INFINITY);
  }

  putSync(item: T): void {
    this.#messages.sendSync(encodeMessage(item, this.resource.info), FORM.value, Number.POSITIVE_INFINITY);
  }

  async get(): Promise<T> {
    this.resource;
    return (await this.#messages.receive(readValue, Number.POSITIVE_INFINITY)) as T;
  }

  getSync(): T {
    this.resource;
    return this.#messages.receiveSync(readValue, Number.POSITIVE_INFINITY) as T;
  }

  empty(): boolean {
    this.resource;
    return this.#messages.ring.count === 0;
  }
}

registerSingle(
  SimpleQueue.prototype,
  'simpleQueue',
  (resource) => new SimpleQueue(ofResource.pass(resource)),
);
