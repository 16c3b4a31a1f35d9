import { fileURLToPath } from 'node:url';
import type { CdpSession } from '../cdp/client.ts';
import { ScriptMap } from './source-maps.ts';

/** A place where a function stands. */
export interface Frame {
  readonly fn: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}
interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly url: string;
  readonly location: Location;
}
interface AsyncStack {
  readonly callFrames: readonly (Omit<Location, never> & {
    readonly functionName: string;
    readonly url: string;
  })[];
  readonly parent?: AsyncStack;
}

/** Frames of the tracer's own code and of Node's are not the user's. */
const FOREIGN = /^node:|^$|[/\\](?:core-shim|shim|runtime|runtime-child)\.[cm]?js$/;

/** The scripts of a thread by their number. */
export class Scripts {
  readonly #urls = new Map<string, string>();
  readonly #maps = new Map<string, ScriptMap>();

  constructor(session: CdpSession) {
    session.on('Debugger.scriptParsed', ({ scriptId, url, sourceMapURL }) => {
      this.#urls.set(String(scriptId), String(url));
      this.#maps.set(String(scriptId), new ScriptMap(pathOf(String(url)), String(sourceMapURL ?? '')));
    });
  }

  url(scriptId: string): string {
    return this.#urls.get(scriptId) ?? '';
  }

  /** The user's frames of a paused thread, innermost first, and the frame in which it stands. */
  framesOf(paused: Readonly<Record<string, unknown>>): { frames: Frame[]; first: string | undefined } {
    const callFrames = paused.callFrames as readonly CallFrame[];
    const frames = callFrames.flatMap(({ functionName, url, location }) =>
      this.#frame(functionName, this.url(location.scriptId) || url, location),
    );
    for (let at = paused.asyncStackTrace as AsyncStack | undefined; at; at = at.parent)
      for (const { functionName, url, ...location } of at.callFrames)
        frames.push(...this.#frame(functionName, url, location));
    return { frames, first: callFrames[0]?.callFrameId };
  }

  /** A place in a script; empty where it is not the user's. */
  frameAt(fn: string, scriptId: string, lineNumber: number, columnNumber: number): Frame[] {
    return this.#frame(fn, this.url(scriptId), { scriptId, lineNumber, columnNumber });
  }

  #frame(fn: string, url: string, { scriptId, lineNumber, columnNumber = 0 }: Location): Frame[] {
    if (FOREIGN.test(url)) return [];
    const generated = { file: pathOf(url), lineNumber, columnNumber };
    const place = this.#maps.get(scriptId)?.original(lineNumber, columnNumber) ?? generated;
    return [{ fn, file: place.file, line: place.lineNumber + 1, column: place.columnNumber + 1 }];
  }
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}
