/** Handles: the objects (Lock, Queue, Connection …) by which a program uses what is in shared memory. */
import type { ResourceKind } from '../../../base/channels.ts';
import { Internal } from '../arguments/internal.ts';
import { AssertionError, ValueError } from '../errors/errors.ts';
import { type HeldResource, openResource, type Role } from './held-resource.ts';
import { registerHandle } from './transfer.ts';

/** In the place of a constructor's options: the handle is on this resource, which exists. */
export const ofResource = new Internal<HeldResource>();

/** Common to handles on one resource: closing, and being refused after. */
export abstract class Handle {
  readonly #resource: HeldResource;
  readonly #role: Role;
  #open = true;

  /** @internal */
  constructor(resource: HeldResource, role: Role) {
    resource.retain(role);
    this.#resource = resource;
    this.#role = role;
  }

  /** The resource. @throws ValueError when this handle is closed @internal */
  protected get resource(): HeldResource {
    if (!this.#open) throw new ValueError(`${this.#resource.info.kind} is closed`);
    return this.#resource;
  }

  /** The name given at construction. */
  get name(): string | undefined {
    return this.#resource.info.name;
  }

  get closed(): boolean {
    return !this.#open;
  }

  /** Gives the handle back; others keep theirs. A second call does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#resource.release(this.#role);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The resource of any handle, for the runtime's own parts. */
export function resourceOf(handle: Handle): HeldResource {
  return (handle as unknown as { readonly resource: HeldResource }).resource;
}

/** Fields by which {@link openResourceFields} finds a resource again: every single-resource handle's wire form begins with them. */
export function resourceFields(resource: HeldResource): readonly unknown[] {
  const { name, capacity, peerKey } = resource.info;
  return [resource.at, resource.generation, name, capacity, peerKey];
}

export function openResourceFields(fields: readonly unknown[], kind: ResourceKind): HeldResource {
  const [at, generation, name, capacity, peerKey] = fields as [
    number,
    number,
    string | undefined,
    number,
    string | undefined,
  ];
  return openResource(at, generation, kind, { name, capacity, peerKey });
}

/** {@link registerHandle} for a class whose handles are on one resource of one kind; that kind is the type's id too. */
export function registerSingle<H extends Handle>(
  prototype: H,
  kind: ResourceKind,
  open: (resource: HeldResource) => H,
): void {
  registerHandle<H>(prototype, {
    id: kind,
    toWire(handle) {
      const resource = resourceOf(handle);
      return { fields: resourceFields(resource), blocks: [resource.at] };
    },
    fromWire: (fields) => open(openResourceFields(fields, kind)),
  });
}

/** Checks a name option. @throws AssertionError */
export function checkName(name: unknown): string | undefined {
  if (name !== undefined && typeof name !== 'string') throw new AssertionError('a name is a string');
  return name;
}
