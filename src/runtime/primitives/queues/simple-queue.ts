import { atMost } from '../../core/arguments/internal.ts';
import { optionsOf } from '../../core/arguments/options.ts';
import { checkName, Handle, ofResource, registerSingle } from '../../core/handles/handle.ts';
import { BOTH, createResource } from '../../core/handles/held-resource.ts';
import { encodeMessage, Messages, readValue } from '../../core/messages/messages.ts';
import { FORM, Ring, ringShape } from '../../core/messages/ring.ts';
import { PENDING } from '../../core/waits/blocking.ts';

/** What ends a wait. */
interface SignalOptions {
  readonly signal?: AbortSignal | undefined;
}

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

  /** Rejects with the signal's reason; there is no other limit, as in Python: a `Queue` has them. */
  async put(item: T, { signal }: SignalOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const message = encodeMessage(item, this.resource.info);
    if (this.#messages.sendNow(message, FORM.value, false, false)) return;
    await this.#messages.sendLater(message, FORM.value, Number.POSITIVE_INFINITY, signal);
  }

  putSync(item: T): void {
    this.#messages.sendSync(encodeMessage(item, this.resource.info), FORM.value, Number.POSITIVE_INFINITY);
  }

  async get({ signal }: SignalOptions = {}): Promise<T> {
    this.resource;
    signal?.throwIfAborted();
    const now = this.#messages.receiveNow(readValue, false);
    if (now !== PENDING) return now as T;
    return (await this.#messages.receiveLater(readValue, Number.POSITIVE_INFINITY, signal)) as T;
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
