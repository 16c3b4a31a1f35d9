import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import protobuf from 'protobufjs';
import { parseTraceparent } from '../../src/base/traceparent.ts';
import { CLI, cleanEnvironment } from '../cli/support.ts';
import { discard } from '../discard.ts';
import { files, ROOT, scratch } from './support.ts';

/** The messages as OpenTelemetry publishes them (opentelemetry-proto). */
const PROTOS = path.join(ROOT, 'test', 'fixtures', 'otlp');
const MESSAGES = new protobuf.Root();
for (const name of ['common', 'resource', 'trace'])
  protobuf.parse(readFileSync(path.join(PROTOS, `${name}.proto`), 'utf8'), MESSAGES);
const TRACES = MESSAGES.lookupType('opentelemetry.proto.trace.v1.TracesData');

const OUTER = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };
const MANY = 700;

const PROGRAM = `
import { isMain, Lock, Pool, Process, Queue } from 'forkscope';
export async function square(x: number): Promise<number> {
  return x * x;
}
export async function reader(queue: Queue<number>): Promise<void> {
  for (let i = 0; i < ${MANY}; i++) await queue.get();
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => setInterval(() => {}, 1000));
}
async function main(): Promise<void> {
  const queue = new Queue<number>({ name: 'jobs' });
  const lock = new Lock({ name: 'printer' });
  const child = new Process({ target: reader, args: [queue] });
  await child.start();
  console.log(Date.now());
  await queue.put(0);
  console.log(Date.now());
  for (let i = 1; i < ${MANY}; i++) await queue.put(i);
  await child.join();
  await lock.acquire();
  const later = lock.acquire();
  setTimeout(() => lock.release(), 30);
  await later;
  lock.release();
  await using pool = new Pool(2);
  await pool.map(square, [1, 2, 3]);
  pool.close();
  await pool.join();
}
if (isMain(import.meta)) void main();
`;

interface Attribute {
  readonly key: string;
  readonly value: Record<string, unknown>;
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code: number; readonly message: string };
  readonly pid: string;
}
interface Line {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

let trace = '';
let sentBetween: readonly number[] = [];
const dir = mkdtempSync(path.join(os.tmpdir(), 'forkscope-test-'));
after(() => discard(dir));
before(() => {
  trace = path.join(dir, 'trace');
  files(dir, { 'program.mts': PROGRAM });
  const args = [
    CLI,
    'run',
    '--no-report',
    '--node',
    process.execPath,
    '--trace',
    trace,
    'program.mts',
    'secret',
  ];
  const env = { ...cleanEnvironment(dir), TRACEPARENT: `00-${OUTER.trace}-${OUTER.span}-01` };
  const said = execFileSync(process.execPath, args, { cwd: dir, env, encoding: 'utf8' });
  sentBetween = said.trim().split('\n').map(Number);
});

function exported(from: string, output: string, ...options: string[]): string[] {
  const args = [CLI, 'export', from, '--format', 'otlp', '-o', output, ...options];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return readFileSync(output, 'utf8').trim().split('\n');
}

function spansOf(lines: readonly string[]): Span[] {
  const resources = lines.flatMap((line) => (JSON.parse(line) as Line).resourceSpans);
  return resources.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({ ...span, pid: String(attribute(resource.attributes, 'process.pid')) })),
    ),
  );
}

function attribute(attributes: readonly Attribute[], name: string): unknown {
  const found = attributes.find(({ key }) => key === name);
  return found && Object.values(found.value)[0];
}

/** What JSON holds of a message, as protobufjs takes it; an assertion for whatever OTLP's JSON encoding does not allow. */
function decoded(type: protobuf.Type, json: unknown, where = type.name): Record<string, unknown> {
  assert.ok(typeof json === 'object' && json !== null && !Array.isArray(json), where);
  const all = Object.entries(json).map(([name, value]) => {
    const field = type.fields[name]?.resolve();
    assert.ok(field !== undefined, `${where} has no field ${name}`);
    const at = `${where}.${name}`;
    if (!field.repeated) return [name, decodedValue(field, value, at)] as const;
    assert.ok(Array.isArray(value), at);
    return [name, value.map((each) => decodedValue(field, each, at))] as const;
  });
  for (const { name, fieldsArray } of type.oneofsArray)
    assert.ok(all.filter(([key]) => fieldsArray.some((f) => f.name === key)).length <= 1, `${where}.${name}`);
  return Object.fromEntries(all);
}

function decodedValue({ type, resolvedType }: protobuf.Field, value: unknown, at: string): unknown {
  if (resolvedType instanceof protobuf.Type) return decoded(resolvedType, value, at);
  if (resolvedType instanceof protobuf.Enum) {
    assert.ok(typeof value === 'number' && value in resolvedType.valuesById, `${at}: ${value}`);
    return value;
  }
  if (type === 'bytes') {
    assert.ok(typeof value === 'string' && /^([0-9a-f]{2})+$/.test(value), `${at}: ${value}`);
    return Buffer.from(value, 'hex');
  }
  if (/64$/.test(type)) {
    assert.ok(typeof value === 'string' && /^-?\d+$/.test(value), `${at}: ${value}`);
    assert.ok(BigInt(value) < 2n ** 64n);
    return value;
  }
  const kinds: Record<string, string> = {
    string: 'string',
    bool: 'boolean',
    fixed32: 'number',
    uint32: 'number',
  };
  assert.equal(typeof value, kinds[type], at);
  return value;
}

test('every line is a message of OTLP, by its published definition', (t) => {
  const lines = exported(trace, path.join(scratch(t), 'out.jsonl'));
  assert.ok(lines.length > 2, 'a long trace is several messages');
  for (const line of lines) {
    const message = TRACES.fromObject(decoded(TRACES, JSON.parse(line)));
    assert.equal(TRACES.verify(message), null);
    const again = TRACES.toObject(TRACES.decode(TRACES.encode(message).finish()), {
      longs: String,
      bytes: String,
    }) as Line;
    const spans = again.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    assert.ok(spans.length > 0 && spans.length <= 512);
    for (const { traceId, spanId } of spans) {
      assert.equal(Buffer.from(traceId, 'base64').length, 16);
      assert.equal(Buffer.from(spanId, 'base64').length, 8);
    }
  }
});

test('the program is a part of the distributed trace that its environment names', (t) => {
  const spans = spansOf(exported(trace, path.join(scratch(t), 'out.jsonl')));
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  assert.equal(byId.size, spans.length, 'no id stands for two spans');
  const roots = spans.filter(({ parentSpanId }) => !byId.has(parentSpanId ?? ''));
  assert.deepEqual(
    roots.map(({ name, parentSpanId, flags }) => [name, parentSpanId, flags]),
    [['program.mts', OUTER.span, 0x301]],
  );
  for (const span of spans) {
    assert.equal(span.traceId, OUTER.trace);
    assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), span.name);
    assert.ok(span.links === undefined || span.links.every(({ spanId }) => byId.has(spanId)));
  }
  const child = spans.find(({ status }) => status !== undefined);
  assert.deepEqual(child?.status, { code: 2, message: 'killed by SIGKILL' });
  assert.equal(child?.parentSpanId, roots[0]?.spanId);
});

test('a message is a send and a receive with a link, at their times of the wall clock', (t) => {
  const spans = spansOf(exported(trace, path.join(scratch(t), 'out.jsonl')));
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const received = spans.filter(({ name }) => name === 'receive jobs');
  assert.equal(received.length, MANY);
  for (const { kind, links = [], attributes, pid } of received) {
    const sent = byId.get(links[0]?.spanId ?? '');
    assert.equal(sent?.name, 'send jobs');
    assert.deepEqual([sent?.kind, kind, links.length], [4, 5, 1]);
    assert.notEqual(sent?.pid, pid);
    for (const key of ['messaging.message.id', 'messaging.destination.name'])
      assert.equal(attribute(attributes, key), attribute(sent?.attributes ?? [], key));
  }
  const first = spans.find(
    ({ name, attributes }) => name === 'send jobs' && attribute(attributes, 'messaging.message.id') === '1',
  );
  const at = Number(BigInt(first?.startTimeUnixNano ?? 0) / 1_000_000n);
  const [before = 0, after = 0] = sentBetween;
  // The launcher reads the wall clock in whole milliseconds.
  assert.ok(at >= before - 2 && at <= after + 2, `${before} ${at} ${after}`);
});

test('waits and tasks of pools are spans on their threads, each with its line', (t) => {
  const spans = spansOf(exported(trace, path.join(scratch(t), 'out.jsonl')));
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const wait = spans.find(({ name }) => name === 'waits for lock printer');
  assert.ok(wait !== undefined);
  const length = Number(BigInt(wait.endTimeUnixNano) - BigInt(wait.startTimeUnixNano));
  assert.ok(length > 20e6, `${length}`);
  assert.equal(
    attribute(wait.attributes, 'code.line.number'),
    String(PROGRAM.split('\n').findIndex((l) => /later =/.test(l)) + 1),
  );
  assert.equal(attribute(wait.attributes, 'forkscope.wait.kind'), 'waitAcquire');
  const thread = byId.get(wait.parentSpanId ?? '');
  assert.equal(attribute(thread?.attributes ?? [], 'thread.id'), '0');
  assert.equal(byId.get(thread?.parentSpanId ?? '')?.name, 'program.mts');
  const tasks = spans.filter(
    ({ attributes, kind }) => attribute(attributes, 'forkscope.pool.task') && kind === 5,
  );
  assert.equal(tasks.length, 3);
  for (const task of tasks) {
    const submitted = byId.get(task.links?.[0]?.spanId ?? '');
    assert.equal(submitted?.pid, wait.pid);
    assert.notEqual(task.pid, wait.pid);
    assert.ok(BigInt(submitted?.startTimeUnixNano ?? 0) <= BigInt(task.startTimeUnixNano));
  }
});

test('--redact leaves no argument and no folder', (t) => {
  const to = scratch(t);
  const open = exported(trace, path.join(to, 'open')).join();
  const redacted = exported(trace, path.join(to, 'redacted'), '--redact').join();
  for (const secret of ['secret', dir, process.execPath]) {
    assert.ok(open.includes(secret), secret);
    assert.ok(!redacted.includes(secret), secret);
  }
});

test('a trace that does not say when it was recorded is refused, since the format has no other time', (t) => {
  const to = scratch(t);
  const copy = path.join(to, 'copy');
  cpSync(trace, copy, { recursive: true });
  rmSync(path.join(copy, 'session.def'));
  const args = [CLI, 'export', copy, '--format', 'otlp', '-o', path.join(to, 'out')];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /does not say when it was recorded/);
});

test('TRACEPARENT is read as the W3C says', () => {
  const ids = `${OUTER.trace}-${OUTER.span}`;
  assert.deepEqual(parseTraceparent(`00-${ids}-00`), { traceId: OUTER.trace, spanId: OUTER.span, flags: 0 });
  assert.equal(parseTraceparent(`cc-${ids}-01-more`)?.spanId, OUTER.span);
  const wrong = ['', `00-${ids}`, `ff-${ids}-01`, `00-${ids}-01-more`, `00-${ids.toUpperCase()}-01`];
  const zero = [`00-${'0'.repeat(32)}-${OUTER.span}-01`, `00-${OUTER.trace}-${'0'.repeat(16)}-01`];
  for (const text of [...wrong, ...zero]) assert.equal(parseTraceparent(text), undefined, text);
});
