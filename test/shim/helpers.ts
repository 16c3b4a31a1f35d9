import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ShimOptions } from '../../src/base/environment.ts';
import type {
  ChildDefinition,
  ProblemDefinition,
  ProcessDefinition,
  ResourceDefinition,
  SiteDefinition,
  StreamDefinition,
} from '../../src/trace/format/definitions.ts';
import { KIND_NAMES, type KindName, type TraceRecord } from '../../src/trace/format/records.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import type { Damage, TraceSink } from '../../src/trace/reader/sink.ts';
import { discard } from '../discard.ts';

export const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
export const SHIM = path.join(ROOT, 'dist', 'shim.cjs');
export const RUNTIME = path.join(ROOT, 'dist', 'runtime.cjs');
/** For `--import`: found whatever the program's directory is. */
export const TSX = pathToFileURL(path.join(ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string;
  readonly traceDir?: string;
  readonly options?: Partial<ShimOptions>;
  readonly onStart?: (child: ChildProcess) => void;
}
export interface Context {
  after(fn: () => void): void;
}

export function temporaryDirectory(t: Context): string {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'forkscope-shim-test-')));
  t.after(() => discard(dir));
  return dir;
}

/** Writes a program and returns its path. */
export function program(dir: string, name: string, source: string): string {
  const file = path.join(dir, name);
  fs.writeFileSync(file, source);
  return file;
}

/** What a traced process has in its environment. */
export function tracedEnv(dir: string, options: Partial<ShimOptions> = {}): NodeJS.ProcessEnv {
  const origin = String(process.hrtime.bigint());
  const session = { dir, session: 'test', origin, shim: SHIM, options };
  return {
    NODE_OPTIONS: `--require "${SHIM}"`,
    FORKSCOPE_SESSION: JSON.stringify(session),
    FORKSCOPE_SPAWN: 'root-key',
  };
}

/** The tests themselves may run with loaders in NODE_OPTIONS: programs under test do not. */
function cleanEnv(): NodeJS.ProcessEnv {
  const {
    NODE_OPTIONS: _,
    FORKSCOPE_SESSION: __,
    FORKSCOPE_SPAWN: ___,
    NODE_TEST_CONTEXT: ____,
    ...env
  } = process.env;
  return env;
}

/** Runs a command in a group of its own and waits for its end and for the end of its output. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...cleanEnv(), ...options.env },
      detached: process.platform !== 'win32',
      stdio: 'pipe',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      killGroup(child);
      resolve({ code, signal, stdout, stderr });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    options.onStart?.(child);
  });
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Everything of it has ended.
  }
}

/** The same with the shim. The trace is written to `options.traceDir`, or to a new directory that the test removes. */
export async function runTraced(
  t: Context,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result & { trace: Trace; dir: string }> {
  const dir = options.traceDir ?? temporaryDirectory(t);
  const env = { ...tracedEnv(dir, options.options), ...options.env };
  const result = await run(command, args, { ...options, env });
  return { ...result, dir, trace: Trace.read(dir) };
}

export type Fed = Omit<TraceRecord, 'kind'> & { kind: KindName | number; stream: StreamDefinition };

/** A trace that was read to its end, with its definitions by id. */
export class Trace implements TraceSink {
  readonly records: Fed[] = [];
  readonly streams: StreamDefinition[] = [];
  readonly processes = new Map<string, ProcessDefinition>();
  readonly children: (ChildDefinition & { stream: string })[] = [];
  readonly problems: ProblemDefinition[] = [];
  readonly damages: Damage[] = [];
  readonly resources: (ResourceDefinition & { stream: string })[] = [];
  readonly #sites = new Map<string, SiteDefinition>();
  readonly threads: { stream: string; name: string; file: string; spawnKey: string }[] = [];

  static read(dir: string): Trace {
    const trace = new Trace();
    if (!fs.existsSync(dir) || !fs.readdirSync(dir).some((n) => n.endsWith('.def'))) return trace;
    const reader = openTrace(dir);
    reader.drain(trace);
    reader.close();
    return trace;
  }

  definition(stream: StreamDefinition, def: Parameters<TraceSink['definition']>[1]): void {
    if (def.type === 'stream') this.streams.push(def);
    else if (def.type === 'process') this.processes.set(stream.stream, def);
    else if (def.type === 'child') this.children.push({ ...def, stream: stream.stream });
    else if (def.type === 'problem') this.problems.push(def);
    else if (def.type === 'resource') this.resources.push({ ...def, stream: stream.stream });
    else if (def.type === 'site') this.#sites.set(`${stream.stream} ${def.id}`, def);
    else if (def.type === 'thread') this.threads.push({ ...def, stream: stream.stream });
  }
  record(stream: StreamDefinition, record: TraceRecord): void {
    this.records.push({ ...record, kind: KIND_NAMES[record.kind] ?? record.kind, stream });
  }
  observation(): void {}
  damage(damage: Damage): void {
    // A test has no launcher, and so no session file with an end.
    if (damage.stream !== undefined || damage.kind !== 'unended') this.damages.push(damage);
  }

  of(kind: KindName): Fed[] {
    return this.records.filter((r) => r.kind === kind);
  }
  /** Records of one kind on the resource with a name, in every stream. */
  named(name: string, kind: KindName): Fed[] {
    const ids = new Set(this.resources.filter((r) => r.name === name).map((r) => `${r.stream} ${r.id}`));
    return this.of(kind).filter((r) => ids.has(`${r.stream.stream} ${r.resource}`));
  }
  site(record: Fed): SiteDefinition | undefined {
    return this.#sites.get(`${record.stream.stream} ${record.site}`);
  }
  /** The stack of a record, the nearest frame first: `function file:line`, `async` and the package before it. */
  stack(record: Fed): string[] {
    const frames: string[] = [];
    let site = this.site(record);
    while (site) {
      const words = [site.async && 'async', site.package && `[${site.package}]`, site.fn];
      words.push(`${path.basename(site.file)}:${site.line}`);
      frames.push(words.filter(Boolean).join(' '));
      const { caller } = site;
      site = caller === undefined ? undefined : this.#sites.get(`${record.stream.stream} ${caller}`);
    }
    return frames;
  }
  childOf(record: Fed): ChildDefinition | undefined {
    return this.children.find((c) => c.stream === record.stream.stream && c.id === record.resource);
  }
  /** The stream of the main thread that was started with a spawn key. */
  startedBy(spawnKey: string): StreamDefinition | undefined {
    return this.streams.find((s) => this.processes.get(s.stream)?.spawnKey === spawnKey);
  }
  /** `file:line` of a record's site, the file without its directory. */
  at(record: Fed): string {
    const site = this.site(record);
    return site ? `${path.basename(site.file)}:${site.line}` : '';
  }
}

/** Line (from 1) of the first line of `source` that contains `text`. */
export function lineOf(source: string, text: string): number {
  return source.split('\n').findIndex((line) => line.includes(text)) + 1;
}

export function nodeAtLeast(major: number): boolean {
  return Number(process.versions.node.split('.')[0]) >= major;
}
