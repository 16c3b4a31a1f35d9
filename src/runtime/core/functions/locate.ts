import { readFileSync } from 'node:fs';
import type { Session as InspectorSession } from 'node:inspector';
import { findSourceMap } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnyFunction } from '../tasks/task.ts';

/** Where a function was written. `line` counts from 1, in the user's source where a source map leads there. */
export interface Location {
  readonly url: string;
  readonly file: string;
  readonly line: number;
}

const HANDOVER = Symbol.for('forkscope.locate');
let session: InspectorSession | undefined;
const scripts = new Map<string, string>();

/**
 * Asks V8 through the inspector where a function is defined: ~23 ms the first time, 0.1–0.4 ms after.
 * Undefined for native and bound functions, and for what was made by `eval` or in a REPL.
 * @throws where the inspector is denied (`--permission` without `--allow-inspector`)
 */
export async function locate(fn: AnyFunction): Promise<Location | undefined> {
  const { Session } = await import('node:inspector');
  if (session === undefined) {
    session = new Session();
    session.connect();
    session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url));
  }
  const found = functionLocation(session, fn);
  if (found === undefined) return undefined;
  if (!scripts.has(found.scriptId)) {
    // Enabling lists every script; it is disabled at once, so that no `debugger` statement stops the program.
    session.post('Debugger.enable');
    session.post('Debugger.disable');
  }
  return toLocation(scripts.get(found.scriptId) ?? '', found.lineNumber, found.columnNumber ?? 0);
}

interface RawLocation {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}

/** The inspector answers in the same call, since it runs in this thread. */
function functionLocation(inspector: InspectorSession, fn: AnyFunction): RawLocation | undefined {
  const holder = globalThis as { [HANDOVER]?: AnyFunction };
  holder[HANDOVER] = fn;
  let location: RawLocation | undefined;
  const expression = `globalThis[Symbol.for('forkscope.locate')]`;
  try {
    inspector.post('Runtime.evaluate', { expression }, (_error, evaluated) => {
      const objectId = evaluated?.result?.objectId;
      if (objectId === undefined) return;
      inspector.post('Runtime.getProperties', { objectId, ownProperties: true }, (_failure, properties) => {
        const own = properties?.internalProperties?.find(({ name }) => name === '[[FunctionLocation]]');
        location = own?.value?.value as RawLocation | undefined;
      });
      inspector.post('Runtime.releaseObject', { objectId });
    });
  } finally {
    delete holder[HANDOVER];
  }
  return location;
}

function toLocation(script: string, line: number, column: number): Location | undefined {
  const url = fileUrl(script);
  if (!url.startsWith('file:')) return undefined;
  const file = fileURLToPath(url);
  const entry = findSourceMap(file)?.findEntry(line, column);
  const original = entry !== undefined && 'originalLine' in entry ? entry.originalLine : line;
  return { url, file, line: original + 1 };
}

/** tsx wraps a CommonJS module that ESM imports in a data URL, which names its file. */
function fileUrl(script: string): string {
  if (script.startsWith('/')) return pathToFileURL(script).href;
  const wrapped = script.startsWith('data:') ? /\?filePath=([^&]+)$/.exec(script)?.[1] : undefined;
  return wrapped === undefined ? script : pathToFileURL(decodeURIComponent(wrapped)).href;
}

/** Whether the module's text seems to export `name`. A hint only: it decides whether `start` waits for the child to confirm. */
export function seemsExported(file: string, name: string): boolean {
  if (!/^[\w$]+$/.test(name)) return false;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return false;
  }
  const id = name.replaceAll('$', '\\$');
  const declared = `export\\s+(default\\s+)?(async\\s+)?(function\\s*\\*?|class|const|let|var)\\s+${id}(?![\\w$])`;
  const listed = `export\\s*\\{[^}]*(?<![\\w$])${id}(?![\\w$])[^}]*\\}`;
  return new RegExp(`(^|[\\n;}])\\s*(${declared}|${listed})`).test(text);
}
