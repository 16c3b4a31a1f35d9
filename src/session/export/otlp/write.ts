import { makeReport, type ProcessView } from '../../../model/index.ts';
import type { ExportContent } from '../core/content.ts';
import { redactor } from '../core/redact.ts';
import type { ExportTimeline } from '../core/timeline.ts';
import { Identity } from './identity.ts';
import type { OtlpResource, OtlpSpan } from './message.ts';
import { type Placed, SpanMaker } from './spans.ts';

/** The version of OpenTelemetry's semantic conventions whose names are used. */
const SCHEMA = 'https://opentelemetry.io/schemas/1.45.0';
/** Spans of one line: below the megabyte that collectors read as one. */
const LINE_SPANS = 512;

/**
 * OpenTelemetry's file format (OTLP File Exporter): each line is a `TracesData` message in JSON, which is also what one request
 * to `/v1/traces` holds.
 * @param session the session's id
 * @throws UserError when the trace does not say when it was recorded
 */
export function writeOtlp(
  timeline: ExportTimeline,
  session: string,
  { redact, version }: ExportContent & { readonly version: string },
  write: (text: string) => void,
): void {
  const { model } = timeline;
  const tell: <T>(value: T) => T = redact ? redactor(makeReport(model)) : (value) => value;
  const maker = new SpanMaker(timeline, new Identity(session, model.session), redact);
  const lines = new Lines({ name: 'forkscope', version }, (process) => tell(maker.resource(process)), write);
  for (const { process, span } of spansOf(timeline, maker)) {
    const view = model.process(process);
    if (view !== undefined) lines.add(view, tell(span));
  }
  lines.flush();
}

function* spansOf(timeline: ExportTimeline, maker: SpanMaker): Generator<Placed> {
  const { model, threads } = timeline;
  yield* timeline.events<Placed>(maker);
  let id = 0;
  for (const wait of model.waitSpans()) if (threads.has(wait.thread)) yield maker.wait(wait, ++id);
  for (const task of model.taskSpans()) yield* maker.task(task);
}

interface Scope {
  readonly name: string;
  readonly version: string;
}

/** Collects the spans of a line by their process. */
class Lines {
  readonly #scope: Scope;
  readonly #resource: (process: ProcessView) => OtlpResource;
  readonly #write: (text: string) => void;
  readonly #spans = new Map<ProcessView, OtlpSpan[]>();
  #count = 0;

  constructor(scope: Scope, resource: (process: ProcessView) => OtlpResource, write: (text: string) => void) {
    this.#scope = scope;
    this.#resource = resource;
    this.#write = write;
  }

  add(process: ProcessView, span: OtlpSpan): void {
    const spans = this.#spans.get(process);
    if (spans === undefined) this.#spans.set(process, [span]);
    else spans.push(span);
    if (++this.#count >= LINE_SPANS) this.flush();
  }

  flush(): void {
    if (this.#count === 0) return;
    const resourceSpans = [...this.#spans].map(([process, spans]) => ({
      resource: this.#resource(process),
      scopeSpans: [{ scope: this.#scope, spans, schemaUrl: SCHEMA }],
      schemaUrl: SCHEMA,
    }));
    this.#write(`${JSON.stringify({ resourceSpans })}\n`);
    this.#spans.clear();
    this.#count = 0;
  }
}
