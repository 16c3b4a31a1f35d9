import type { Outcome, ResourceKind } from '../../src/base/channels.ts';
import type { Model } from '../../src/model/index.ts';
import type {
  Definition,
  Observation,
  Source,
  SpawnApi,
  StreamDefinition,
} from '../../src/trace/format/definitions.ts';
import { TRACE_MINOR, TRACE_VERSION } from '../../src/trace/format/definitions.ts';
import {
  FLAG,
  KIND,
  type KindName,
  outcomeToFlags,
  ROLE,
  type TraceRecord,
} from '../../src/trace/format/records.ts';
import type { Damage } from '../../src/trace/reader/sink.ts';

/** A source as tests write it: its child and its resource are those of the stream that has it. */
export type RestSource = Omit<Source, 'count' | 'ref' | 'resource' | 'child'> & {
  readonly count?: number;
  readonly ref?: boolean;
  readonly resource?: Resource;
  readonly child?: StreamBuilder | string;
};

/** One call of a `TraceSink`, kept. */
export type Item = { readonly time: number } & (
  | { readonly stream: StreamDefinition; readonly def: Definition }
  | { readonly stream: StreamDefinition; readonly record: TraceRecord }
  | { readonly observation: Observation }
  | { readonly damage: Damage }
);

export interface Resource {
  readonly key: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly capacity: number;
  readonly peerKey: string;
}

/** What an operation may say beside its resource. Sites are written `file.ts:line`. */
export interface Op {
  readonly site?: string | undefined;
  readonly n?: number;
  readonly value?: number;
  readonly task?: number;
  readonly sync?: boolean;
  readonly timeout?: number;
  readonly outcome?: Outcome;
  readonly flags?: number;
  readonly time?: number;
  /** Of a wait: which part of the resource it is for. */
  readonly subject?: number;
}

interface ProcessOptions {
  readonly pid?: number;
  readonly ppid?: number;
  readonly spawnKey?: string;
  readonly name?: string;
  readonly argv?: readonly string[];
  readonly file?: string;
  readonly api?: SpawnApi;
  readonly site?: string;
  readonly daemon?: boolean;
  /** Minor version of the trace that the process writes. */
  readonly minor?: number;
  /** Of a `Process`: its target has not begun. */
  readonly starting?: boolean;
}

const MS = 1_000_000;

/** Writes a trace in readable form, for tests: every operation takes 1 µs unless `at` sets the clock. */
export class TraceBuilder {
  readonly items: Item[] = [];
  private clock = 0;
  private pids = 100;
  private keys = 0;

  /** Sets the clock, ms since the session's origin. */
  at(ms: number): this {
    this.clock = ms * MS;
    return this;
  }
  get now(): number {
    return this.clock;
  }
  tick(): number {
    this.clock += 1000;
    return this.clock;
  }
  nextPid(): number {
    return this.pids++;
  }
  nextKey(): string {
    return `key-${this.keys++}`;
  }

  resource(kind: ResourceKind, name = '', options: Partial<Resource> = {}): Resource {
    return { key: `${kind}:${name || this.nextKey()}`, kind, name, capacity: 0, peerKey: '', ...options };
  }
  lock(name: string): Resource {
    return this.resource('lock', name);
  }
  queue(name: string, capacity = 0): Resource {
    return this.resource('queue', name, { capacity });
  }

  /** The process that the launcher starts. */
  root(options: ProcessOptions = {}): StreamBuilder {
    const pid = options.pid ?? this.nextPid();
    const spawnKey = options.spawnKey ?? this.nextKey();
    const argv = options.argv ?? ['node', options.file ?? '/app/main.ts'];
    this.observe({ type: 'rootStart', time: this.tick(), pid, spawnKey, argv });
    return this.stream({ ...options, pid, spawnKey, argv, ppid: options.ppid ?? 1 });
  }

  /** A stream without anybody who started it. */
  stream(options: ProcessOptions & { pid: number; spawnKey: string }): StreamBuilder {
    const start = this.tick();
    const def: StreamDefinition = {
      type: 'stream',
      version: TRACE_VERSION,
      minor: options.minor ?? TRACE_MINOR,
      session: 'test',
      stream: `${options.pid}-${start}.0`,
      processKey: `${options.pid}-${start}`,
      pid: options.pid,
      ppid: options.ppid ?? 1,
      threadId: 0,
      start,
    };
    const stream = new StreamBuilder(this, def);
    stream.define(def);
    stream.define({
      type: 'process',
      spawnKey: options.spawnKey,
      argv: options.argv ?? ['node', options.file ?? '/app/main.ts'],
      execArgv: [],
      execPath: '/usr/bin/node',
      cwd: '/app',
      title: '',
      nodeVersion: 'v24.0.0',
    });
    stream.record('processStart', { value: options.pid });
    return stream;
  }

  observe(observation: Observation): this {
    const time = 'time' in observation ? observation.time : 0;
    this.items.push({ time, observation });
    return this;
  }
  damage(damage: Damage): this {
    this.items.push({ time: damage.time, damage });
    return this;
  }

  feed(model: Model, items: readonly Item[] = this.items): Model {
    for (const item of items) {
      if ('observation' in item) model.observation(item.observation);
      else if ('damage' in item) model.damage(item.damage);
      else if ('def' in item) model.definition(item.stream, item.def);
      else model.record(item.stream, item.record);
    }
    return model;
  }
}

/** One thread's stream. */
export class StreamBuilder {
  readonly trace: TraceBuilder;
  readonly def: StreamDefinition;
  private readonly resources = new Map<string, number>();
  private readonly sites = new Map<string, number>();
  private readonly children = new Map<string, number>();
  private slot = 0;
  private waits = 0;
  private threads = 0;
  private lists = 0;

  constructor(trace: TraceBuilder, def: StreamDefinition) {
    this.trace = trace;
    this.def = def;
  }
  get pid(): number {
    return this.def.pid;
  }
  get id(): string {
    return `${this.def.pid}`;
  }

  define(def: Definition): void {
    this.trace.items.push({ time: this.trace.now, stream: this.def, def });
  }

  record(kind: KindName, op: Op & { resource?: number } = {}): this {
    const time = op.time ?? this.trace.tick();
    const flags =
      (op.sync === true ? FLAG.sync : 0) |
      (op.timeout === undefined ? 0 : FLAG.timeout) |
      (op.outcome === undefined ? 0 : outcomeToFlags(op.outcome)) |
      (op.flags ?? 0);
    const record: TraceRecord = {
      time,
      kind: KIND[kind],
      flags,
      task: op.task ?? 0,
      resource: op.resource ?? 0,
      site: op.site === undefined ? 0 : this.site(op.site),
      n: op.n ?? 0,
      value: op.value ?? op.timeout ?? 0,
      slot: this.slot++,
    };
    this.trace.items.push({ time: Math.max(time, this.trace.now), stream: this.def, record });
    return this;
  }

  /** A record about a resource. */
  on(kind: KindName, resource: Resource, op: Op = {}): this {
    return this.record(kind, { ...op, resource: this.id_(resource) });
  }
  create(...resources: Resource[]): this {
    for (const resource of resources)
      this.on('create', resource, { site: `/app/main.ts:${1 + this.resources.size}` });
    return this;
  }
  open(...resources: Resource[]): this {
    for (const resource of resources) this.on('open', resource);
    return this;
  }
  openRole(resource: Resource, role: keyof typeof ROLE): this {
    return this.on('open', resource, { value: ROLE[role] });
  }
  closeRole(resource: Resource, role: keyof typeof ROLE): this {
    return this.on('close', resource, { value: ROLE[role] });
  }
  acquire(resource: Resource, n: number, site?: string, op: Op = {}): this {
    return this.on('acquire', resource, { ...op, n, site });
  }
  release(resource: Resource, n: number): this {
    return this.on('release', resource, { n });
  }

  /** Begins a wait and returns its number. */
  wait(kind: KindName, resource: Resource, op: Op = {}): number {
    const n = op.n ?? ++this.waits;
    this.on(kind, resource, { ...op, n });
    if (op.subject !== undefined) this.on('subject', resource, { n, value: op.subject });
    return n;
  }
  join(child: StreamBuilder | string, op: Op = {}, kind: KindName = 'waitJoin'): number {
    const n = ++this.waits;
    this.record(kind, { ...op, n, resource: this.childId(child) });
    return n;
  }
  endWait(n: number, outcome: Outcome = 'ok'): this {
    return this.record('waitEnd', { n, outcome });
  }
  /** So much it has used of the processors so far, all of it beside its waits; ms. */
  spent(used: number, loopIdle = 0): this {
    this.record('spent', { n: Math.round(used * 1000), value: 0 });
    // The second is of the same moment.
    return this.record('looped', { n: Math.round(loopIdle * 1000), time: this.trace.now });
  }
  quiescent(handles = 0, timers = 0): this {
    return this.record('quiescent', { n: handles, value: timers });
  }
  /** Comes to rest, with all that could wake it beside its waits. */
  rest(...list: RestSource[]): this {
    const id = ++this.lists;
    const sources = list.map(({ resource, child, count = 1, ref = true, ...told }) => ({
      ...told,
      count,
      ref,
      ...(resource === undefined ? {} : { resource: this.id_(resource) }),
      ...(child === undefined ? {} : { child: this.childId(child) }),
    }));
    this.define({ type: 'sources', id, time: this.trace.now, complete: true, list: sources });
    return this.record('quiescent', { resource: id });
  }
  exit(code = 0): this {
    return this.record('processExit', { value: code });
  }

  /** Starts an instrumented child process. */
  start(name: string, options: ProcessOptions = {}): StreamBuilder {
    const pid = options.pid ?? this.trace.nextPid();
    const spawnKey = this.startOnly(name, { ...options, pid });
    const child = this.trace.stream({ ...options, pid, spawnKey, ppid: this.pid });
    this.children.set(child.def.stream, this.children.get(spawnKey) as number);
    const { api = 'Process', starting = false } = options;
    if (api === 'Process' && !starting && options.minor !== 0) child.record('targetStart');
    return child;
  }

  /** What the parent says about a child; returns the spawn key. */
  startOnly(name: string, options: ProcessOptions = {}): string {
    const spawnKey = options.spawnKey ?? this.trace.nextKey();
    const id = this.children.size + 1;
    const argv = options.argv ?? ['node', '/app/main.ts'];
    const file = options.file ?? argv[0] ?? '';
    const { api = 'Process', daemon = false } = options;
    this.define({ type: 'child', id, spawnKey, api, name, file, argv, daemon });
    this.children.set(spawnKey, id);
    this.record('start', { resource: id, n: options.pid ?? 0, site: options.site });
    return spawnKey;
  }

  childExit(child: StreamBuilder | string, op: { code?: number; signal?: number; pid?: number } = {}): this {
    const pid = typeof child === 'string' ? (op.pid ?? 0) : child.pid;
    return this.record('childExit', {
      resource: this.childId(child),
      n: pid,
      value: op.signal ?? op.code ?? 0,
      flags: op.signal === undefined ? 0 : FLAG.signal,
    });
  }

  /** Starts a worker thread of the same process. */
  thread(name: string): StreamBuilder {
    const threadId = ++this.threads;
    const spawnKey = this.trace.nextKey();
    const id = this.children.size + 1;
    this.define({
      type: 'child',
      id,
      spawnKey,
      api: 'worker',
      name,
      file: '/app/w.ts',
      argv: [],
      daemon: false,
    });
    this.record('threadStart', { resource: id, n: threadId });
    const { processKey } = this.def;
    const def: StreamDefinition = {
      ...this.def,
      stream: `${processKey}.${threadId}`,
      threadId,
      start: this.trace.tick(),
    };
    const stream = new StreamBuilder(this.trace, def);
    stream.define(def);
    stream.define({ type: 'thread', name, file: '/app/w.ts', parentThreadId: this.def.threadId, spawnKey });
    this.children.set(def.stream, id);
    return stream;
  }

  private childId(child: StreamBuilder | string): number {
    const id = this.children.get(typeof child === 'string' ? child : child.def.stream);
    if (id === undefined) throw new Error('not a child of this stream');
    return id;
  }
  private id_(resource: Resource): number {
    const known = this.resources.get(resource.key);
    if (known !== undefined) return known;
    const id = this.resources.size + 1;
    this.resources.set(resource.key, id);
    this.define({ type: 'resource', id, ...resource });
    return id;
  }
  /** Id of the definition of a place: `a.ts:1`, or a stack with the nearest frame first: `a.ts:1 < b.ts:2`. */
  site(text: string): number {
    const known = this.sites.get(text);
    if (known !== undefined) return known;
    const below = text.indexOf(' < ');
    const caller = below < 0 ? undefined : this.site(text.slice(below + 3));
    const place = below < 0 ? text : text.slice(0, below);
    const id = this.sites.size + 1;
    this.sites.set(text, id);
    const colon = place.lastIndexOf(':');
    this.define({
      type: 'site',
      id,
      file: place.slice(0, colon),
      line: Number(place.slice(colon + 1)),
      column: 5,
      fn: '',
      ...(caller !== undefined && { caller }),
    });
    return id;
  }
}
