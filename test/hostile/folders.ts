// Trace folders that were made to do harm: each is a good trace, changed by one of these.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SESSION_FILE, writeSeal } from '../../src/trace/format/segment.ts';
import {
  eachLine,
  eachSegment,
  encode,
  encodeRaw,
  firstStream,
  isDefinitions,
  isSegment,
  type Json,
  type JsonLine,
  linesOf,
  load,
  openSegment,
  recordWords,
  save,
  sign,
  type Trace,
} from './trace.ts';

/** What a terminal would obey: the clipboard, a link, the title, the screen, a question, and text that runs backwards. */
export const ESCAPES =
  '\u001b]52;c;aGFja2Vk\u0007\u001b]8;;http://evil/\u0007L\u001b]8;;\u0007\u001b]0;TITLE\u0007\u001b[2J\u001b[1;1H' +
  '\u009b31m\u009d52;c;eA\u009c\u001bP+q\u001b\\\u001b[6n\r\n\u0008\u202e';

/** Fields that join definitions: with other values they mean other things. */
const JOINING = new Set([
  'type',
  'stream',
  'processKey',
  'spawnKey',
  'session',
  'origin',
  'key',
  'peerKey',
  'machine',
]);

function changeStrings(value: Json, change: (text: string) => string): void {
  for (const [key, one] of Object.entries(value)) {
    if (JOINING.has(key)) continue;
    if (typeof one === 'string') value[key] = change(one);
    else if (Array.isArray(one))
      value[key] = one.map((entry) => (typeof entry === 'string' ? change(entry) : entry));
    else if (key === 'handles')
      value[key] = Object.fromEntries(Object.entries(one as Json).map(([name, n]) => [change(name), n]));
  }
}

const isOfType = ({ value }: JsonLine, ...types: string[]): boolean => types.includes(String(value.type));

/** Puts lines before the last one of the session file, which says the end. */
function addToSession(trace: Trace, make: (time: number) => readonly Omit<JsonLine, 'seq'>[]): Trace {
  const lines = linesOf(trace[SESSION_FILE]!);
  const added = make(lines[1]!.time).map((line) => ({ ...line, seq: 0 }));
  trace[SESSION_FILE] = encode([...lines.slice(0, -1), ...added, ...lines.slice(-1)]);
  return trace;
}

/** A process that the launcher saw from outside. */
function seen(time: number, pid: number, ppid: number): Omit<JsonLine, 'seq'> {
  return {
    time,
    slot: 0,
    value: { type: 'osProcess', time, pid, ppid, name: `c${pid}`, command: `c${pid}` },
  };
}

function changeFirst(trace: Trace, change: (lines: JsonLine[]) => void): Trace {
  const name = firstStream(trace);
  const lines = linesOf(trace[name]!);
  change(lines);
  trace[name] = encode(lines);
  return trace;
}

function nameAll(trace: Trace, name: string): Trace {
  return changeFirst(trace, (lines) => {
    for (const line of lines) if (isOfType(line, 'resource', 'child')) line.value.name = name;
  });
}

/** A header that says that its segment may hold more records than there are numbers. */
function claimEverything(content: Buffer): Buffer {
  const segment = openSegment(content);
  segment.views.words[8] = -1;
  segment.views.words[14] = 0;
  return sign(segment);
}

function lastSegment(trace: Trace): string {
  return Object.keys(trace).filter(isSegment).sort().at(-1)!;
}

type Change = (trace: Trace) => Trace;

/** Changes of what the files say. */
const CONTENTS: Readonly<Record<string, Change>> = {
  'escapes in all texts': (trace) =>
    eachLine(trace, ({ value }) => changeStrings(value, (text) => ESCAPES + text + ESCAPES)),
  'escapes in keys': (trace) =>
    eachLine(trace, ({ value }) => {
      for (const key of ['key', 'peerKey', 'spawnKey']) if (value[key]) value[key] += ESCAPES;
      changeStrings(value, (text) => text + ESCAPES);
    }),
  'escapes in pids': (trace) =>
    eachLine(trace, ({ value }) => {
      if (typeof value.pid === 'number') value.pid = `${value.pid}${ESCAPES}`;
    }),
  'escapes in signals and reasons': (trace) =>
    eachLine(trace, (line) => {
      if (isOfType(line, 'rootExit')) Object.assign(line.value, { signal: ESCAPES, exitCode: null });
      if (isOfType(line, 'killed')) line.value.reason = ESCAPES;
    }),
  'escapes in an exit code': (trace) =>
    eachLine(trace, (line) => {
      if (isOfType(line, 'rootExit')) Object.assign(line.value, { signal: null, exitCode: ESCAPES });
    }),
  'escapes in kinds': (trace) =>
    eachLine(trace, (line) => {
      if (isOfType(line, 'resource')) line.value.kind += ESCAPES;
      if (isOfType(line, 'child')) line.value.api = ESCAPES;
    }),
  'escapes in a problem': (trace) =>
    changeFirst(trace, (lines) => {
      const value = { type: 'problem', code: `x${ESCAPES}`, message: `m${ESCAPES}` };
      lines.push({ seq: 0, time: 1e9, slot: lines.at(-1)!.slot, value });
    }),
  'escapes in the version': (trace) =>
    eachLine(trace, (line) => {
      if (isOfType(line, 'session')) line.value.version = `2${ESCAPES}`;
    }),
  'escapes in line numbers': (trace) =>
    eachLine(trace, (line) => {
      if (isOfType(line, 'site')) Object.assign(line.value, { line: `7${ESCAPES}`, column: ESCAPES });
    }),
  markup: (trace) =>
    eachLine(trace, ({ value }) =>
      changeStrings(
        value,
        (text) =>
          `<img src=x onerror=alert(1)><script>alert(1)</script>[c](command:x) **b** $(error) ${text}`,
      ),
    ),
  'fields of every object': (trace) =>
    eachLine(trace, (line) => {
      const more = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
      line.value = JSON.parse(JSON.stringify(line.value).replace(/^\{/, more));
    }),
  'ids that every object has': (trace) =>
    eachLine(trace, (line) => {
      if (isOfType(line, 'resource', 'child', 'task')) line.value.id = '__proto__';
      if (isOfType(line, 'site')) line.value.id = 'length';
    }),
  'the largest ids': (trace) =>
    eachLine(trace, (line) => {
      if (isOfType(line, 'site', 'resource', 'child')) line.value.id = 2 ** 32 - 2;
    }),
  'the largest ids, and damage': (trace) => {
    CONTENTS['the largest ids']!(trace);
    for (const name of Object.keys(trace)) {
      if (isDefinitions(name) && name !== SESSION_FILE)
        trace[name] = Buffer.concat([trace[name]!, Buffer.from('garbage\n')]);
      if (name.endsWith('.1.fks')) trace[name]![340]! ^= 1;
    }
    return trace;
  },
  'keys that every object has': (trace) =>
    eachLine(trace, ({ value }) => {
      for (const key of ['key', 'spawnKey', 'processKey']) if (value[key]) value[key] = '__proto__';
    }),
  'negative pids': (trace) =>
    eachLine(trace, ({ value }) => {
      for (const key of ['pid', 'ppid']) if (key in value) value[key] = -1;
    }),
  'the latest times': (trace) => changeTimes(trace, 1e308),
  'the earliest times': (trace) => changeTimes(trace, -1e308),
  'no times': (trace) =>
    eachLine(trace, ({ value }) => {
      for (const key of ['time', 'start']) if (key in value) value[key] = null;
    }),
  'records without a time': (trace) =>
    changeRecords(trace, ({ doubles }, at) => (doubles[at >> 1] = Number.NaN)),
  'records at the latest time': (trace) =>
    changeRecords(trace, ({ doubles }, at) => (doubles[at >> 1] = 1e308)),
  'records of the largest numbers': (trace) =>
    changeRecords(trace, ({ words }, at) => words.fill(-1, at + 3, at + 7)),
  'parents in a circle': (trace) =>
    addToSession(trace, (time) =>
      Array.from({ length: 200 }, (_, i) => seen(time + i, 1e5 + i, 1e5 + ((i + 1) % 200))),
    ),
  'parents of parents': (trace) =>
    addToSession(trace, (time) =>
      Array.from({ length: 20_000 }, (_, i) => seen(time + i, 1e5 + i, i === 0 ? 1 : 1e5 + i - 1)),
    ),
  'a hundred thousand processes': (trace) =>
    addToSession(trace, (time) => Array.from({ length: 100_000 }, (_, i) => seen(time + i, 1e5 + i, 1))),
  'fifteen thousand lives of a pid': (trace) =>
    addToSession(trace, (time) =>
      Array.from({ length: 15_000 }, (_, i) => time + i * 1e10).flatMap((at) => [
        seen(at, 777, 1),
        { time: at + 1, slot: 0, value: { type: 'osGone', time: at + 1, pid: 777 } },
      ]),
    ),
  'lists in lists': (trace) => {
    const lines = linesOf(trace[SESSION_FILE]!);
    const deep = encodeRaw(lines.length, 1e9, '['.repeat(1.5e6) + ']'.repeat(1.5e6));
    trace[SESSION_FILE] = Buffer.concat([encode(lines), deep]);
    return trace;
  },
  'a line of 100 MB': (trace) =>
    eachLine(trace, (line) => {
      if (isOfType(line, 'session')) line.value.argv = ['A'.repeat(100e6)];
    }),
  'texts of 15 MB': (trace) =>
    changeFirst(trace, (lines) => {
      for (const line of lines) {
        if (isOfType(line, 'process'))
          Object.assign(line.value, { title: 'T'.repeat(15e6), argv: ['B'.repeat(15e6)] });
        if (isOfType(line, 'resource')) line.value.name = 'R'.repeat(15e6);
      }
    }),
  'texts of 3 MB': (trace) =>
    changeFirst(trace, (lines) => {
      for (const line of lines) {
        if (isOfType(line, 'process')) Object.assign(line.value, { title: 'T'.repeat(3e6) });
        if (isOfType(line, 'resource')) line.value.name = 'R'.repeat(3e6);
      }
    }),
  'a name of joined characters': (trace) =>
    nameAll(trace, '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}'.repeat(100_000)),
  'a character with a million marks': (trace) => nameAll(trace, `a${'\u0301'.repeat(1e6)}`),
  'a million arguments': (trace) =>
    changeFirst(trace, (lines) => {
      for (const line of lines) if (isOfType(line, 'process')) line.value.argv = Array(9e5).fill('a');
    }),
  'segments that claim everything': (trace) => {
    for (const name of Object.keys(trace).filter(isSegment)) trace[name] = claimEverything(trace[name]!);
    return trace;
  },
  'seals that claim everything': (trace) =>
    eachSegment(trace, ({ views }) =>
      writeSeal(views, { watermark: 1e308, records: 2 ** 32 - 3, lines: -1 }),
    ),
};

function changeTimes(trace: Trace, to: number): Trace {
  return eachLine(trace, (line) => {
    line.time = to;
    for (const key of ['time', 'start']) if (key in line.value) line.value[key] = to;
  });
}

function changeRecords(
  trace: Trace,
  change: (views: { words: Int32Array; doubles: Float64Array }, at: number) => unknown,
): Trace {
  return eachSegment(trace, (segment) => {
    for (const at of recordWords(segment)) change(segment.views, at);
  });
}

/** Changes of the files themselves, made in the folder. */
const FILES: Readonly<Record<string, (dir: string, trace: Trace) => void>> = {
  'the session file is a link to /dev/zero': (dir) => link(dir, SESSION_FILE, '/dev/zero'),
  'definitions are a link to /dev/zero': (dir, trace) => link(dir, firstStream(trace), '/dev/zero'),
  'a segment is a link to /dev/zero': (dir, trace) => link(dir, lastSegment(trace), '/dev/zero'),
  'definitions are a link to /dev/urandom': (dir, trace) => link(dir, firstStream(trace), '/dev/urandom'),
  'a stream is a link to a private file': (dir) => link(dir, '99997-abc.0.def', '/etc/shadow'),
  'links in a circle': (dir) => link(dir, '99998-abc.0.def', '99998-abc.0.def'),
  'the session file is a pipe': (dir) => pipe(dir, SESSION_FILE),
  'definitions are a pipe': (dir) => pipe(dir, '99999-abc.0.def'),
  'a segment is a pipe': (dir) => pipe(dir, '99999-abc.0.0.fks'),
  'folders instead of files': (dir) => {
    for (const name of ['99999-abc.0.def', '99999-abc.0.0.fks']) fs.mkdirSync(path.join(dir, name));
  },
  'definitions of 10 GB': (dir) => stretch(dir, '99999-abc.0.def', 10 * 1024 ** 3),
  'a session file of 10 GB': (dir) => stretch(dir, SESSION_FILE, 10 * 1024 ** 3),
  'three hundred million line ends': (dir) => {
    const file = path.join(dir, '99999-abc.0.def');
    for (let i = 0; i < 300; i++) fs.appendFileSync(file, Buffer.alloc(1e6, '\n'));
  },
  'a hundred million short lines': (dir) => {
    const file = path.join(dir, '99999-abc.0.def');
    for (let i = 0; i < 200; i++) fs.appendFileSync(file, Buffer.alloc(1e6, 'x\n'));
  },
  'a segment of 100 GB': (dir, trace) => {
    const name = lastSegment(trace);
    fs.writeFileSync(path.join(dir, name), claimEverything(trace[name]!));
    stretch(dir, name, 100 * 1024 ** 3);
  },
  'fifty thousand streams': (dir) => {
    for (let i = 0; i < 50_000; i++) fs.writeFileSync(path.join(dir, `${200_000 + i}-abc.0.def`), '');
  },
  'fifty thousand segments': (dir) => {
    for (let i = 0; i < 50_000; i++) fs.writeFileSync(path.join(dir, `200000-abc.0.${i}.fks`), '');
  },
  'a session file that nobody may read': (dir) => fs.chmodSync(path.join(dir, SESSION_FILE), 0),
  'a stranger as its launcher': (dir, trace) => {
    const lines = linesOf(trace[SESSION_FILE]!);
    Object.assign(lines[0]!.value, { launcherPid: process.ppid, wallClock: 9e15 });
    delete lines[0]!.value.machine;
    fs.writeFileSync(path.join(dir, SESSION_FILE), encode(lines.slice(0, -1)));
  },
};

function link(dir: string, name: string, to: string): void {
  fs.rmSync(path.join(dir, name), { force: true });
  fs.symlinkSync(to, path.join(dir, name));
}
function pipe(dir: string, name: string): void {
  fs.rmSync(path.join(dir, name), { force: true });
  execFileSync('mkfifo', [path.join(dir, name)]);
}
/** Makes a file so long; what it does not hold takes no room on the disk. */
function stretch(dir: string, name: string, bytes: number): void {
  const file = path.join(dir, name);
  if (!fs.existsSync(file)) fs.writeFileSync(file, '');
  fs.truncateSync(file, bytes);
}

export const FOLDERS: readonly string[] = [...Object.keys(CONTENTS), ...Object.keys(FILES)];

/** Folders that take seconds to make. */
export const LARGE: readonly string[] = FOLDERS.filter((name) =>
  /thousand|million|100 MB|15 MB|parents of/.test(name),
);

/** Makes one of them. @param good folder of a good trace @returns `dir` */
export function makeFolder(name: string, good: string, dir: string): string {
  const trace = load(good);
  if (name in CONTENTS) return save(CONTENTS[name]!(trace), dir);
  save(trace, dir);
  FILES[name]!(dir, trace);
  return dir;
}
