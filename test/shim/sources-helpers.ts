import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  ChildDefinition,
  Definition,
  IncidentDefinition,
  ResourceDefinition,
  SiteDefinition,
  Source,
  SourcesDefinition,
  StreamDefinition,
} from '../../src/trace/format/definitions.ts';
import { KIND, type TraceRecord } from '../../src/trace/format/records.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import type { Damage, TraceSink } from '../../src/trace/reader/sink.ts';
import { type Context, program, type Result, run, temporaryDirectory, tracedEnv } from './helpers.ts';

/** A source with names in place of ids. */
export type Named = Omit<Source, 'site' | 'resource' | 'child'> & {
  readonly site: string;
  readonly resource: string;
  readonly child: string;
};
export type NamedIncident = Omit<IncidentDefinition, 'site' | 'resource' | 'child'> &
  Pick<Named, 'site' | 'resource' | 'child'> & { readonly stream: string };

/** The rest of one thread. */
export interface Rest {
  readonly thread: StreamDefinition;
  /** When it was told, ns since the session's origin. */
  readonly time: number;
  /** How often it was told since the thread last did something. */
  readonly told: number;
  readonly complete: boolean;
  readonly list: readonly Named[];
}

/** Follows a trace: the rest of each thread that rests just now, and what has happened. */
export class Rests implements TraceSink {
  readonly #sites = new Map<string, SiteDefinition>();
  readonly #resources = new Map<string, ResourceDefinition>();
  readonly #children = new Map<string, ChildDefinition>();
  readonly #sources = new Map<string, SourcesDefinition>();
  readonly #incidents: { stream: string; incident: IncidentDefinition }[] = [];
  readonly #resting = new Map<string, { thread: StreamDefinition; id: number; time: number; told: number }>();
  readonly damages: Damage[] = [];
  readonly problems: string[] = [];
  /** Where messages were refused. */
  readonly rejected: string[] = [];

  definition({ stream }: StreamDefinition, def: Definition): void {
    if (def.type === 'site') this.#sites.set(`${stream} ${def.id}`, def);
    else if (def.type === 'resource') this.#resources.set(`${stream} ${def.id}`, def);
    else if (def.type === 'child') this.#children.set(`${stream} ${def.id}`, def);
    else if (def.type === 'sources') this.#sources.set(`${stream} ${def.id}`, def);
    else if (def.type === 'incident') this.#incidents.push({ stream, incident: def });
    else if (def.type === 'problem') this.problems.push(`${def.code}: ${def.message}`);
  }
  record(thread: StreamDefinition, { kind, resource, time, site }: TraceRecord): void {
    const { stream } = thread;
    if (kind === KIND.sendRejected) this.rejected.push(this.#place(stream, site));
    // What a thread has used is sampled while it rests on.
    if (kind === KIND.spent || kind === KIND.looped) return;
    const told = (this.#resting.get(stream)?.told ?? 0) + 1;
    if (kind === KIND.quiescent) this.#resting.set(stream, { thread, id: resource, time, told });
    else this.#resting.delete(stream);
  }
  observation(): void {}
  damage(damage: Damage): void {
    // A test has no launcher, and so no session file with an end.
    if (damage.stream !== undefined) this.damages.push(damage);
  }

  get now(): Rest[] {
    return [...this.#resting.values()].map(({ thread, id, time, told }) => {
      const { complete = false, list = [] } = this.#sources.get(`${thread.stream} ${id}`) ?? {};
      return { thread, time, told, complete, list: list.map((source) => this.#name(thread.stream, source)) };
    });
  }
  /** Of the main thread of the first process. */
  get root(): Rest | undefined {
    return this.now.find(({ thread }) => thread.threadId === 0 && thread.ppid === process.pid);
  }
  get incidents(): NamedIncident[] {
    return this.#incidents.map(({ stream, incident }) => ({ stream, ...this.#name(stream, incident) }));
  }

  #place(stream: string, site: number | undefined): string {
    const at = this.#sites.get(`${stream} ${site}`);
    return at ? `${path.basename(at.file)}:${at.line}` : '';
  }

  #name<T extends { site?: number; resource?: number; child?: number }>(
    stream: string,
    { site, resource, child, ...rest }: T,
  ): Omit<T, 'site' | 'resource' | 'child'> & Pick<Named, 'site' | 'resource' | 'child'> {
    const channel = this.#resources.get(`${stream} ${resource}`);
    const started = this.#children.get(`${stream} ${child}`);
    return {
      ...rest,
      site: this.#place(stream, site),
      resource: channel ? `${channel.kind} ${channel.name}`.trim() : '',
      child: started ? [started.api, ...started.argv.map((a) => path.basename(a))].join(' ') : '',
    };
  }
}

/** Runs a program until `enough` says so of its trace, and ends it then. */
export async function follow(
  t: Context,
  source: string,
  enough: (rests: Rests) => boolean,
  options: {
    readonly name?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly args?: readonly string[];
  } = {},
): Promise<{ readonly rests: Rests; readonly result: Result }> {
  const dir = temporaryDirectory(t);
  const file = program(temporaryDirectory(t), options.name ?? 'main.cjs', source);
  let ended = false;
  let watching = Promise.resolve(new Rests());
  const result = await run(process.execPath, [...(options.args ?? []), file], {
    env: { ...tracedEnv(dir), ...options.env },
    onStart: (child) => {
      child.once('exit', () => {
        ended = true;
      });
      watching = watch(dir, (rests) => ended || enough(rests)).finally(() => {
        if (!ended && child.pid) process.kill(-child.pid, 'SIGKILL');
      });
    },
  });
  await watching;
  const rests = new Rests();
  const reader = openTrace(dir);
  reader.drain(rests);
  reader.close();
  return { rests: ended ? rests : await watching, result };
}

async function watch(dir: string, enough: (rests: Rests) => boolean): Promise<Rests> {
  while (!fs.readdirSync(dir).some((name) => name.endsWith('.def'))) await delay(20);
  const rests = new Rests();
  const reader = openTrace(dir);
  try {
    for (;;) {
      reader.poll(rests);
      if (enough(rests)) return rests;
      await delay(20);
    }
  } finally {
    reader.close();
  }
}

/** What the main thread of a program waits for once it rests and `enough` is satisfied. */
export async function sourcesOf(
  t: Context,
  source: string,
  enough: (rest: Rest) => boolean = () => true,
): Promise<Rest> {
  const found = ({ root }: Rests): boolean => root?.complete === true && enough(root);
  const { rests, result } = await follow(t, source, found);
  const rest = rests.root;
  if (!rest) throw new Error(`it did not rest, and ended: ${JSON.stringify(result)}`);
  return rest;
}

/** The sources of a kind, without what differs from run to run. */
export function ofKind(rest: Rest, kind: Named['kind']): Partial<Named>[] {
  return rest.list
    .filter((source) => source.kind === kind)
    .map(({ since: _, due: __, kind: ___, ...source }) =>
      Object.fromEntries(Object.entries(source).filter(([, value]) => value !== '')),
    );
}
