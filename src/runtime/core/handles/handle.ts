/** Handles: the objects (Lock, Queue, Connection …) by which a program uses what is in shared memory. */
import type { ResourceKind } from '../../../base/channels.ts';
import { Internal } from '../arguments/internal.ts';
import { AssertionError, ValueError } from '../errors/errors.ts';
import { type Core, openCore, type Role } from './core.ts';
import { registerHandle } from './transfer.ts';

/** In the place of a constructor's options: the handle is on this resource, which exists. */
export const ofCore = new Internal<Core>();

/** Common to handles on one resource: closing, and being refused after. */
export abstract class Handle {
  readonly #core: Core;
  readonly #role: Role;
  #open = true;

  /** @internal */
  constructor(core: Core, role: Role) {
    core.retain(role);
    this.#core = core;
    this.#role = role;
  }

  /** The resource. @throws ValueError when this handle is closed @internal */
  protected get core(): Core {
    if (!this.#open) throw new ValueError(`${this.#core.info.kind} is closed`);
    return this.#core;
  }

  /** The name given at construction. */
  get name(): string | undefined {
    return this.#core.info.name;
  }

  get closed(): boolean {
    return !this.#open;
  }

  /** Gives the handle back; others keep theirs. A second call does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#core.release(this.#role);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The core of any handle, for the runtime's own parts. */
export function coreOf(handle: Handle): Core {
  return (handle as unknown as { readonly core: Core }).core;
}

/** Fields by which {@link openFields} finds a core again: every single-resource handle's wire form begins with them. */
export function coreFields(core: Core): readonly unknown[] {
  const { name, capacity, peerKey } = core.info;
  return [core.at, core.generation, name, capacity, peerKey];
}

export function openFields(fields: readonly unknown[], kind: ResourceKind): Core {
  const [at, generation, name, capacity, peerKey] = fields as [
    number,
    number,
    string | undefined,
    number,
    string | undefined,
  ];
  return openCore(at, generation, kind, { name, capacity, peerKey });
}

/** {@link registerHandle} for a class whose handles are on one resource of one kind; that kind is the type's id too. */
export function registerSingle<H extends Handle>(
  prototype: H,
  kind: ResourceKind,
  open: (core: Core) => H,
): void {
  registerHandle<H>(prototype, {
    id: kind,
    toWire(handle) {
      const core = coreOf(handle);
      return { fields: coreFields(core), blocks: [core.at] };
    },
    fromWire: (fields) => open(openFields(fields, kind)),
  });
}

/** Checks a name option. @throws AssertionError */
export function checkName(name: unknown): string | undefined {
  if (name !== undefined && typeof name !== 'string') throw new AssertionError('a name is a string');
  return name;
}
