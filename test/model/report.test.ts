import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { Model, makeReport, PLAIN, type Report, reportLines, safe } from '../../src/model/index.ts';
import { cut, width } from '../../src/model/report/index.ts';
import { TraceBuilder } from './builder.ts';

const schemaFile = path.join(import.meta.dirname, '../../docs/report.schema.json');
const validate = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

function scene(name = 'worker-1'): TraceBuilder {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10, file: '/app/main.ts' });
  const queue = t.queue('jobs');
  const lock = t.lock('L');
  main.create(queue, lock);
  const worker = main.start(name, { pid: 11 }).open(queue, lock);
  for (let n = 1; n <= 3; n++) main.on('send', queue, { n, value: 100 });
  for (let n = 1; n <= 2; n++) worker.on('receive', queue, { n, value: 100 });
  main.acquire(lock, 1, '/app/main.ts:8');
  const wait = worker.wait('waitAcquire', lock, { site: '/app/main.ts:12' });
  t.at(50);
  main.release(lock, 1);
  worker.acquire(lock, 2, '/app/main.ts:12', { value: wait }).endWait(wait);
  worker.wait('waitAcquire', lock, { sync: true, site: '/app/main.ts:13' });
  return t;
}
function reportOf(t: TraceBuilder): Report {
  return JSON.parse(JSON.stringify(makeReport(t.feed(new Model()))));
}

describe('JSON report', () => {
  it('matches its schema', () => {
    const report = reportOf(scene());
    assert.ok(validate(report), JSON.stringify(validate.errors));
    assert.equal(report.version, 1);
    assert.ok(validate(reportOf(new TraceBuilder())), 'empty trace');
  });

  it('matches its schema with a connection', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, file: '/app/main.ts' });
    const server = main.start('server', { pid: 11 });
    server.define({ type: 'incident', what: 'listening', time: t.now, message: '127.0.0.1:80' });
    main.rest({ kind: 'socket', local: '127.0.0.1:5000', remote: '127.0.0.1:80' });
    const report = reportOf(t);
    assert.ok(validate(report), JSON.stringify(validate.errors));
    assert.deepEqual(
      report.channels.map(({ kind, bytes }) => [kind, bytes]),
      [['connection', null]],
    );
  });

  it('the schema refuses what is not a report', () => {
    const report = reportOf(scene());
    assert.equal(validate({ ...report, version: 2 }), false);
    assert.equal(validate({ ...report, extra: 1 }), false);
    const [finding] = report.findings;
    assert.equal(validate({ ...report, findings: [{ ...finding, kind: 'no-such-kind' }] }), false);
  });

  it('counts messages, bytes, acquisitions and waiting time', () => {
    const report = reportOf(scene());
    const [channel] = report.channels;
    assert.deepEqual(
      { ...channel, latencyNs: 0, site: channel?.site?.line },
      {
        id: 'queue:jobs',
        kind: 'queue',
        resourceKind: 'queue',
        name: 'jobs',
        named: true,
        number: 0,
        site: 1,
        from: ['10'],
        to: ['11'],
        sent: 3,
        received: 2,
        bytes: 300,
        depth: 1,
        latencyNs: 0,
        exact: true,
        connection: null,
      },
    );
    const [lock] = report.resources;
    assert.equal(lock?.acquisitions, 2);
    assert.equal(lock?.contended, 2);
    assert.ok((lock?.waitNs ?? 0) > 49e6);
    assert.deepEqual(
      lock?.holders.map((h) => [h.process, h.ticket]),
      [['11', 2]],
    );
    assert.deepEqual(
      lock?.waiters.map((w) => w.process),
      ['11'],
    );
    assert.equal(report.findings[0]?.kind, 'self-deadlock');
    assert.equal(report.exact, true);
  });

  it('calls counts lower bounds where records were lost', () => {
    const t = scene();
    const item = t.items.find((i) => 'stream' in i && i.stream.pid === 11);
    assert.ok(item && 'stream' in item);
    const lost = { count: 4, stream: item.stream, time: t.tick(), gap: false } as const;
    t.damage({ kind: 'lost', message: '4 records are missing', ...lost });
    const report = reportOf(t);
    assert.equal(report.exact, false);
    assert.equal(report.damaged, 4);
    assert.equal(report.channels[0]?.exact, false);
    assert.equal(report.resources[0]?.exact, false);
    assert.match(reportLines(report).join('\n'), /≥ 3 sent/);
  });

  it('sees a loss that only the positions prove', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const queue = t.queue('q');
    main.create(queue).on('send', queue, { n: 1 }).on('send', queue, { n: 5 });
    assert.equal(reportOf(t).channels[0]?.exact, false);
  });
});

describe('text report', () => {
  it('says who started whom, what went where, which locks were waited for, and findings with their places', () => {
    const text = reportLines(reportOf(scene()));
    const all = text.join('\n');
    assert.match(all, /^Processes$/m);
    assert.match(all, /^ {2}main\.ts +10 /m);
    assert.match(all, /^ {2}└─ worker-1 +11 /m);
    assert.match(all, /queue jobs {2}main\.ts → worker-1 {2}3 sent {2}2 received {2}300 B/);
    assert.match(all, /lock L {2}2 taken {2}2 waited/);
    assert.match(all, /self-deadlock \(certain\)/);
    assert.match(all, /waits +worker-1 +\/app\/main\.ts:13:5/);
  });

  it('aligns columns under wide names and keeps control characters from the terminal', () => {
    const t = scene('工人🧵\u001b[31m一');
    const lines = reportLines(reportOf(t));
    assert.ok(lines.every((line) => !line.includes('\u001b')));
    const rows = lines.filter((line) => / (10|11) /.test(line) && /running|blocked/.test(line));
    const [a, b] = rows.map((line) => width(line.slice(0, line.search(/ (10|11) /))));
    assert.equal(rows.length, 2);
    assert.equal(a, b);
  });

  it('colours through the styler only', () => {
    const report = reportOf(scene());
    const marked = reportLines(report, { styler: { ...PLAIN, bad: (s) => `<${s}>` } }).join('\n');
    assert.match(marked, /<self-deadlock \(certain\)>/);
    assert.equal(marked.replace(/[<>]/g, ''), reportLines(report).join('\n').replace(/[<>]/g, ''));
  });

  it('keeps prose within the columns of the terminal', () => {
    for (const line of reportLines(reportOf(scene()), { columns: 60 })) {
      if (line.startsWith('    Why') || line.startsWith('    Fix')) assert.ok(width(line) <= 60, line);
    }
  });

  it('counts what it does not list', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    for (let i = 0; i < 30; i++) main.start(`w${i}`);
    assert.match(reportLines(reportOf(t), { mostRows: 10 }).join('\n'), /… and 21 more processes/);
  });

  it('never cuts through a character', () => {
    assert.equal(cut('ab👩‍👩‍👧cd', 4), 'ab…');
    assert.equal(cut('日本語', 5), '日本…');
    assert.equal(safe('a\nb\u202ec'), 'a b c');
  });
});

describe('problems', () => {
  it('are told with the process that has them, in lines that fit', () => {
    const made = makeReport(scene().feed(new Model()));
    const problem = { process: '11', code: 'uncaughtException', message: `Error: ${'no more '.repeat(80)}` };
    const lines = reportLines({ ...made, problems: [problem] }, { columns: 60 });
    const from = lines.findIndex((line) => line.startsWith('  worker-1: Error: no more'));
    assert.ok(from >= 0, lines.join('\n'));
    const told = lines.slice(from);
    assert.ok(told.every((line) => line.length <= 60));
    assert.ok(
      told.at(-1)?.endsWith('…  [uncaughtException]') || told.at(-1)?.trim() === '[uncaughtException]',
    );
    assert.ok(told.length < 7, 'a long message is cut');
  });
});

describe('the table of processes', () => {
  it('says whole why a process is not traced', () => {
    const t = new TraceBuilder();
    t.root({ pid: 10 }).startOnly('early', { pid: 11 });
    const lines = reportLines(makeReport(t.feed(new Model())));
    assert.match(lines.join('\n'), /early .*the tracer was not loaded in it$/m);
    const [process] = makeReport(t.feed(new Model())).processes;
    const reason = 'ended before the tracer was loaded in it, or was started without it';
    const report = { ...makeReport(new Model()), processes: [{ ...process!, reason }] };
    assert.match(reportLines(report).join('\n'), /or was started without it$/m);
  });
});
