import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { makeReport } from '../../src/model/report/index.ts';
import { Session } from '../../src/session/tail/session.ts';
import { TRACE_VERSION } from '../../src/trace/format/definitions.ts';
import { KIND } from '../../src/trace/format/records.ts';
import { SESSION_FILE } from '../../src/trace/format/segment.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import { LineWriter } from '../../src/trace/writer/line-writer.ts';
import { openStream } from '../trace/helpers.ts';
import { scratch, until } from './support.ts';

test('a stream that shows up late leads to a rebuild, and then live and replay agree', async (t) => {
  const dir = scratch(t);
  const origin = process.hrtime.bigint();
  const now = (): number => Number(process.hrtime.bigint() - origin);
  const lines = new LineWriter(path.join(dir, SESSION_FILE));
  lines.write(
    {
      type: 'session',
      version: TRACE_VERSION,
      session: 'test',
      origin: String(origin),
      wallClock: Date.now(),
      argv: [],
      cwd: dir,
      launcherPid: process.pid,
    },
    0,
  );
  const session = Session.open(dir);
  t.after(() => session.close());
  const rebuilds: boolean[] = [];
  session.onChanged(({ rebuilt }) => rebuilds.push(rebuilt));
  const early = now();
  const first = openStream(dir, '100-a.0');
  const at = now();
  first.writer.append(at, headOf(KIND.processStart, 0, 0), 0, 0, 0, 100);
  first.writer.flush();
  // The definition alone shows the process; only a record that was fed can be overtaken.
  await until('the first record is fed', () => session.model.lastTime >= at);
  assert.ok(!rebuilds.includes(true));
  const late = openStream(dir, '99-b.0');
  late.writer.append(early, headOf(KIND.processStart, 0, 0), 0, 0, 0, 99);
  late.writer.flush();
  await until('it is built anew', () => rebuilds.includes(true));
  assert.equal(session.model.processes().length, 2);
  lines.write({ type: 'end', time: now() }, now());
  await until('the end', () => !session.live);
  const replay = Session.open(dir);
  t.after(() => replay.close());
  assert.deepEqual(makeReport(session.model), makeReport(replay.model));
});
