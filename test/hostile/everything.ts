// Looks at a trace in every way in which the tool and the editor do, and tells what went wrong.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { stylerFor } from '../../src/cli/screen/terminal.ts';
import { pictureOf } from '../../src/cli/screen/watch.ts';
import { SESSION_ANSWERS } from '../../src/extension/worker/answers.ts';
import { makeReport, reportLines } from '../../src/model/report/index.ts';
import type { Report } from '../../src/model/types/index.ts';
import { Session } from '../../src/session/tail/session.ts';
import { TraceError } from '../../src/trace/index.ts';

const schema = JSON.parse(readFileSync(path.resolve(__dirname, '../../docs/report.schema.json'), 'utf8'));
const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);

/** Characters that a terminal obeys instead of showing them, and those that turn the direction of what follows. */
export const CONTROL = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u;

export interface Seen {
  /** The trace was refused in words for its user. */
  readonly refused?: string;
  /** What must not be, one line each. */
  readonly faults: readonly string[];
  readonly report?: Report;
}

/** Everything that a report says of the program, to be compared with another one. */
export function factsOf({ processes, channels, resources, findings }: Report): string {
  const programs = processes.map(({ id, name, parent, exitCode, signal, threads }) => [
    id,
    name,
    parent,
    exitCode,
    signal,
    threads.length,
  ]);
  const uses = resources.map(({ id, acquisitions, contended }) => [id, acquisitions, contended]);
  return JSON.stringify([programs, channels, uses, findings.map(({ id, certainty }) => [id, certainty])]);
}

export function lookAtEverything(dir: string): Seen {
  let session: Session;
  try {
    session = Session.open(dir);
  } catch (error) {
    if (!(error instanceof TraceError)) return { faults: [`open: ${whereOf(error)}`] };
    const faults = CONTROL.test(error.message) ? [`escape in the refusal: ${around(error.message)}`] : [];
    return { refused: error.message, faults };
  }
  try {
    return lookInto(session);
  } finally {
    session.close();
  }
}

function lookInto(session: Session): Seen {
  const faults: string[] = [];
  const attempt = <T>(name: string, act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      faults.push(`${name}: ${whereOf(error)}`);
      return undefined;
    }
  };
  const report = attempt('report', () => makeReport(session.model, session.now));
  if (report === undefined) return { faults };
  const json = attempt('JSON', () => JSON.parse(JSON.stringify(report)));
  if (!validate(json))
    faults.push(`the report is not as its schema says: ${JSON.stringify(validate.errors?.[0])}`);
  const shown = {
    text: attempt('text', () => reportLines(report, { columns: 100 }).join('\n')),
    tree: attempt('tree', () => pictureOf(session, stylerFor({ isTTY: false })).join('\n')),
  };
  for (const [name, text = ''] of Object.entries(shown)) {
    if (CONTROL.test(text)) faults.push(`escape in the ${name}: ${around(text)}`);
  }
  askEverything(session, attempt);
  return { faults, report };
}

/** As the editor asks; answers must survive the way between threads. */
function askEverything(session: Session, attempt: <T>(name: string, act: () => T) => T | undefined): void {
  const threads = attempt('threads', () => session.model.tracks().map(({ thread }) => thread)) ?? [];
  const range = { start: 0, end: Number.isFinite(session.now) && session.now > 0 ? session.now : 1e9 };
  const all = { threads, range };
  attempt('processes', () => structuredClone(SESSION_ANSWERS.processes(session, {})));
  attempt('resources', () => structuredClone(SESSION_ANSWERS.resources(session, {})));
  attempt('findings', () => structuredClone(SESSION_ANSWERS.findings(session, {})));
  attempt('tracks', () => structuredClone(SESSION_ANSWERS.tracks(session, {})));
  attempt('tiles', () => structuredClone(SESSION_ANSWERS.tiles(session, { ...all, buckets: 100 })));
  attempt('flows', () =>
    structuredClone(SESSION_ANSWERS.flows(session, { ...all, limit: 100, neighbour: null })),
  );
  attempt('stats', () => structuredClone(SESSION_ANSWERS.stats(session, all)));
  for (const thread of threads) {
    attempt('slices', () => structuredClone(SESSION_ANSWERS.slices(session, { thread, range, limit: 100 })));
    attempt('slice', () =>
      structuredClone(SESSION_ANSWERS.sliceAt(session, { thread, time: range.end / 2 })),
    );
  }
}

function whereOf(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ')
    : String(error);
}

function around(text: string): string {
  const at = text.search(CONTROL);
  return JSON.stringify(text.slice(Math.max(0, at - 30), at + 20));
}
