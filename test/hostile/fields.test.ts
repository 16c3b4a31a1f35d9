// Whatever field of whatever line holds what a terminal would obey: nothing that is shown has it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SESSION_FILE } from '../../src/trace/format/segment.ts';
import { everyLine } from './every-line.ts';
import { CONTROL, lookAtEverything, type Seen } from './everything.ts';
import { ESCAPES } from './folders.ts';
import { SAVED } from './good-traces.ts';
import { encode, type JsonLine, load, save } from './trace.ts';

/** Stands for each entry of a list. */
const ENTRY = '*';
/** The way to a field: keys of objects. */
type Place = readonly string[];

const saved = load(SAVED);
const files = everyLine(saved, SESSION_FILE);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-fields-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function placesIn(value: unknown, at: Place = []): Place[] {
  if (Array.isArray(value)) return value.flatMap((entry) => placesIn(entry, [...at, ENTRY]));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, one]) => placesIn(one, [...at, key]));
}

function poison(value: unknown, [key, ...rest]: Place): unknown {
  if (key === undefined) return typeof value === 'string' ? ESCAPES + value + ESCAPES : ESCAPES;
  if (key === ENTRY) return Array.isArray(value) ? value.map((entry) => poison(entry, rest)) : value;
  if (typeof value !== 'object' || value === null || !(key in value)) return value;
  return { ...value, [key]: poison((value as JsonLine['value'])[key], rest) };
}

/** The same field under another name. */
function rename(value: unknown, [key, ...rest]: Place): unknown {
  if (typeof value !== 'object' || value === null || key === undefined) return value;
  if (Array.isArray(value)) return value.map((entry) => rename(entry, rest));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      if (name !== key) return [name, one];
      return rest.length === 0 ? [name + ESCAPES, one] : [name, rename(one, rest)];
    }),
  );
}

/** What is seen of the trace when each line of a type is changed. */
function lookWith(type: string, change: (value: JsonLine['value']) => unknown): Seen {
  const trace = { ...saved };
  for (const [file, lines] of Object.entries(files)) {
    trace[file] = encode(
      lines.map((line) =>
        line.value.type === type ? { ...line, value: change(line.value) as JsonLine['value'] } : line,
      ),
    );
  }
  return lookAtEverything(save(trace, path.join(scratch, 'trace')));
}

before(() => {
  const { faults, refused, report } = lookWith('', (value) => value);
  assert.deepEqual([faults, refused], [[], undefined]);
  const codes = report?.problems.map(({ code }) => code) ?? [];
  assert.deepEqual(
    codes.filter((code) => code !== 'made'),
    [],
    'each made line is one that is read',
  );
});

const places = new Map<string, { readonly type: string; readonly field: Place }>();
for (const { value } of Object.values(files).flat()) {
  const type = String(value.type);
  for (const field of placesIn(value)) places.set([type, ...field].join('.'), { type, field });
}

for (const [name, { type, field }] of places) {
  test(`escapes in ${name}`, () => {
    for (const change of [poison, rename]) {
      const { faults, report } = lookWith(type, (value) => change(value, field));
      assert.deepEqual(faults, []);
      assert.doesNotMatch(JSON.stringify(report ?? null), CONTROL);
    }
  });
}
