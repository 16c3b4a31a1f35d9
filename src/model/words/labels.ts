import type { ChannelView, ProcessView, ResourceView, ThingKind, WaitView } from '../types/index.ts';
import { mainThreadText, whoText } from './names.ts';
import { type Labelled, resourceText } from './resources.ts';
import type { Translate } from './translate.ts';
import { unknownText, waitText } from './waits.ts';

/** Views of one moment, whose ids are to be named. */
export interface Named {
  readonly processes: readonly ProcessView[];
  readonly channels: readonly ChannelView[];
  readonly resources: readonly ResourceView[];
}

/** What processes, threads, channels and resources are called, by id: for sentences and rows of all views. */
export class Labels {
  readonly #t: Translate;
  readonly #processes: ReadonlyMap<string, ProcessView>;
  readonly #threads: ReadonlyMap<string, { readonly name: string; readonly process: ProcessView | null }>;
  readonly #resources: ReadonlyMap<string, Labelled>;
  readonly #holders: ReadonlyMap<string, readonly string[]>;

  constructor(t: Translate, { processes, channels, resources }: Named) {
    this.#t = t;
    this.#processes = new Map(processes.map((process) => [process.id, process]));
    this.#threads = new Map(
      processes.flatMap((process) =>
        process.threads.map(({ id, threadId, name }) => [
          id,
          threadId === 0 ? { name: process.name, process: null } : { name, process },
        ]),
      ),
    );
    this.#resources = new Map([
      ...channels.map((view) => [view.id, labelled(view, view.resourceKind)] as const),
      ...resources.map((view) => [view.id, labelled(view, view.kind)] as const),
    ]);
    this.#holders = new Map(resources.map(({ id, holders }) => [id, holders.map((h) => h.thread)]));
  }

  /** `worker-1`; the id itself where nothing is known of it. */
  process(id: string): string {
    return this.#processes.get(id)?.name ?? id;
  }
  /** `worker-1`, `thread resizer of worker-1`. */
  thread(id: string): string {
    const thread = this.#threads.get(id);
    if (thread === undefined) return id;
    return whoText(
      this.#t,
      thread.process?.name ?? thread.name,
      thread.process === null ? null : thread.name,
    );
  }
  /** As a row below its process: `main thread`, `resizer`. */
  threadOf(process: ProcessView, id: string): string {
    const thread = process.threads.find((t) => t.id === id);
    return thread === undefined || thread.threadId === 0 ? mainThreadText(this.#t) : thread.name;
  }
  /** `lock B`. */
  resource(id: string): string {
    const resource = this.#resources.get(id);
    return resource === undefined ? unknownText(this.#t) : resourceText(this.#t, resource);
  }
  /** `B`: where the kind is said already. */
  shortResource(id: string): string {
    return this.#resources.get(id)?.given || this.resource(id);
  }
  kind(id: string | null): ThingKind | null {
    return id === null ? null : (this.#resources.get(id)?.kind ?? null);
  }
  /** `waits for lock B, held by worker-2`. */
  wait({ kind, resource, awaitedProcess, thread }: WaitView): string {
    const holders = resource === null ? [] : (this.#holders.get(resource) ?? []);
    return waitText(this.#t, kind, {
      thing: this.#goal(resource, awaitedProcess),
      kind: this.kind(resource),
      holders: holders.filter((id) => id !== thread || holders.length === 1).map((id) => this.thread(id)),
    });
  }

  /** Without who holds it: of a wait that is over. */
  pastWait({ kind, resource, awaitedProcess }: Omit<WaitView, 'timeoutMs'>): string {
    const thing = this.#goal(resource, awaitedProcess);
    return waitText(this.#t, kind, { thing, kind: this.kind(resource), holders: [] });
  }

  #goal(resource: string | null, process: string | null): string | null {
    if (resource !== null) return this.resource(resource);
    return process === null ? null : this.process(process);
  }
}

function labelled({ id, name, named, number, site }: ChannelView | ResourceView, kind: ThingKind): Labelled {
  // The name that the program gave has its number in it.
  return { id, kind, given: named ? name : '', site, number: named ? 0 : number };
}
