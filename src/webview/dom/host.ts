import { TRACK_STATES } from '../../model/types/index.ts';
import type { TimelineState, ToExtension, ToWebview } from '../../protocol/timeline.ts';

/** VS Code's side of the page. */
export interface Host {
  post(message: ToExtension): void;
  onMessage(listener: (message: ToWebview) => void): void;
  load(): TimelineState | null;
  save(state: TimelineState): void;
}

interface VsCodeApi {
  postMessage(message: ToExtension): void;
  getState(): unknown;
  setState(state: TimelineState): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export function connect(): Host {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    onMessage: (listener) =>
      window.addEventListener('message', (event: MessageEvent<ToWebview>) => listener(event.data)),
    load: () => parseState(api.getState()),
    save: (state) => api.setState(state),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}

/** State of an earlier run: kept by VS Code, so perhaps from another version. What does not fit is left out. */
export function parseState(value: unknown): TimelineState | null {
  if (!isRecord(value) || value.version !== 1) return null;
  const { view, selection } = value;
  const states = strings(value.states);
  return {
    version: 1,
    dir: typeof value.dir === 'string' ? value.dir : null,
    view:
      isRecord(view) && isNumber(view.start) && isNumber(view.end) && view.end > view.start
        ? { start: view.start, end: view.end }
        : null,
    follow: value.follow === true,
    collapsed: strings(value.collapsed),
    selection:
      isRecord(selection) && typeof selection.thread === 'string' && isNumber(selection.time)
        ? { thread: selection.thread, time: selection.time }
        : null,
    search: typeof value.search === 'string' ? value.search : '',
    states: TRACK_STATES.filter((state) => states.includes(state)),
    scrollTop: isNumber(value.scrollTop) ? value.scrollTop : 0,
  };
}
