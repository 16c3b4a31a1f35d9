import {
  type CallSite,
  type Finding,
  type FlowView,
  hasFailed,
  type ProcessView,
  type TaskSpan,
  type WaitSpan,
} from '../../../model/index.ts';
import { endText, english, taskText } from '../../../model/words/index.ts';
import type { ExportFlow, ExportProcess, ExportThread, ExportTimeline } from '../core/timeline.ts';
import type { Identity } from './identity.ts';
import {
  attributesOf,
  type OtlpEvent,
  type OtlpLink,
  type OtlpResource,
  type OtlpSpan,
  SPAN_KIND,
  STATUS_ERROR,
} from './message.ts';

/** A span, and the id of the process that is its resource. */
export interface Placed {
  readonly process: string;
  readonly span: OtlpSpan;
}

type Times = readonly [from: number, to: number | null];

/** What the things of a session are as spans, named by OpenTelemetry's semantic conventions; what those lack is `forkscope.…`. */
export class SpanMaker {
  readonly #timeline: ExportTimeline;
  readonly #identity: Identity;
  readonly #redact: boolean;
  readonly #service: string;
  readonly #findings: readonly Finding[];
  readonly #threadSpans = new Map<string, string>();

  constructor(timeline: ExportTimeline, identity: Identity, redact: boolean) {
    this.#timeline = timeline;
    this.#identity = identity;
    this.#redact = redact;
    this.#service = timeline.model.roots()[0]?.program || 'unknown_service';
    this.#findings = timeline.model.findings();
  }

  resource({ pid, parent, argv, instrumented, id }: ProcessView): OtlpResource {
    const { model } = this.#timeline;
    return {
      attributes: attributesOf({
        'service.name': this.#service,
        'service.instance.id': `${this.#identity.traceId}-${id}`,
        'process.pid': pid,
        'process.parent_pid': parent === null ? null : model.process(parent)?.pid,
        'process.command_args': this.#redact || argv.length === 0 ? null : argv,
        'process.runtime.name': instrumented ? 'nodejs' : null,
      }),
    };
  }

  /** The life of a process; what was found about it are its events. */
  *process({ view }: ExportProcess): Generator<Placed> {
    const { id, parent, name, api, daemon, exitCode, signal, reason } = view;
    const { outerSpan, remoteFlags, flags } = this.#identity;
    const above = parent === null ? outerSpan : this.#identity.span(`process ${parent}`);
    yield {
      process: id,
      span: {
        ...this.#span(`process ${id}`, above, name, [view.start, view.end], {
          'process.exit.code': exitCode,
          'forkscope.signal': signal,
          'forkscope.started_by': api,
          'forkscope.daemon': daemon || null,
          'forkscope.untraced': reason || null,
        }),
        flags: parent === null && outerSpan !== undefined ? remoteFlags : flags,
        events: this.#eventsOf(id),
        ...(hasFailed(view) && { status: { code: STATUS_ERROR, message: endText(english, view) } }),
      },
    };
  }

  *thread({ view }: ExportThread): Generator<Placed> {
    const { id, process, threadId, error } = view;
    const name = this.#timeline.threadName(view, this.#redact);
    const span = this.#span(
      `thread ${id}`,
      this.#identity.span(`process ${process}`),
      name,
      [view.start, view.end],
      {
        ...threadAttributes(view),
        'process.exit.code': threadId === 0 ? null : view.exitCode,
      },
    );
    yield {
      process,
      span: error === '' ? span : { ...span, status: { code: STATUS_ERROR, message: error } },
    };
  }

  /** Two moments; the receive links to the send. */
  *flow({ flow, from, to, name }: ExportFlow, id: number): Generator<Placed> {
    const sent = this.#message(from, 'send', name, flow, id);
    const received = this.#message(to, 'receive', name, flow, id);
    yield sent;
    yield { ...received, span: { ...received.span, links: [this.#link(sent.span.spanId)] } };
  }

  *finding(): Generator<Placed> {}

  /** @param id tells it from other waits */
  wait(wait: WaitSpan, id: number): Placed {
    const { thread, process, kind, resource, sync, since, end, site } = wait;
    const span = this.#span(
      `wait ${id}`,
      this.#ofThread(thread),
      this.#timeline.waitName(wait),
      [since, end],
      {
        ...this.#threadAttributes(thread),
        ...this.#place(site),
        'forkscope.wait.kind': kind,
        'forkscope.wait.sync': sync,
        'forkscope.resource': resource === null ? null : this.#timeline.resourceName(resource),
      },
    );
    return { process, span };
  }

  /** A task of a pool on its worker, and the moment of its submission, to which it links. */
  *task({ pool, n, submitter, submitted, worker, start, end, site }: TaskSpan): Generator<Placed> {
    const { threads } = this.#timeline;
    const name = this.#timeline.resourceName(pool);
    const at = { 'forkscope.pool': name, 'forkscope.pool.task': n };
    const by = submitter === null ? undefined : threads.get(submitter);
    const on = threads.get(worker);
    const id = `${pool} ${n}`;
    const links: OtlpLink[] = [];
    if (by !== undefined && submitter !== null) {
      const about = { ...threadAttributes(by.view), ...this.#place(site), ...at };
      const parent = this.#ofThread(submitter);
      const span = this.#span(
        `submit ${id}`,
        parent,
        `submit task ${n} to ${name}`,
        [submitted, submitted],
        about,
      );
      links.push(this.#link(span.spanId));
      yield { process: by.view.process, span: { ...span, kind: SPAN_KIND.producer } };
    }
    if (on === undefined) return;
    const about = { ...threadAttributes(on.view), ...at };
    const span = this.#span(
      `task ${id}`,
      this.#ofThread(worker),
      taskText(english, n, name),
      [start, end],
      about,
    );
    yield { process: on.view.process, span: { ...span, kind: SPAN_KIND.consumer, links } };
  }

  #message(
    at: ExportThread,
    operation: 'send' | 'receive',
    name: string,
    flow: FlowView,
    id: number,
  ): Placed {
    const { view } = at;
    const time = operation === 'send' ? flow.sendTime : flow.receiveTime;
    const about = {
      ...threadAttributes(view),
      'messaging.system.name': 'forkscope',
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
      'messaging.destination.name': name,
      'messaging.message.id': String(flow.n),
      'messaging.message.body.size': flow.bytes,
    };
    const span = this.#span(
      `${operation} ${id}`,
      this.#ofThread(view.id),
      `${operation} ${name}`,
      [time, time],
      about,
    );
    return {
      process: view.process,
      span: { ...span, kind: SPAN_KIND[operation === 'send' ? 'producer' : 'consumer'] },
    };
  }

  #eventsOf(process: string): OtlpEvent[] {
    const about = this.#findings.filter(({ processes }) => processes.includes(process));
    return about.map(({ time, kind, certainty, blocking, title, explanation, fix }) => ({
      timeUnixNano: this.#identity.time(time),
      name: `forkscope.finding.${kind}`,
      attributes: attributesOf({
        'forkscope.finding.certainty': certainty,
        'forkscope.finding.blocking': blocking,
        'forkscope.finding.title': title,
        'forkscope.finding.explanation': explanation,
        'forkscope.finding.fix': fix,
      }),
    }));
  }

  /** What has not ended goes to the end of what is known, and says so. */
  #span(
    id: string,
    parentSpanId: string | undefined,
    name: string,
    [from, to]: Times,
    attributes: Parameters<typeof attributesOf>[0],
  ): OtlpSpan {
    const { traceId, flags } = this.#identity;
    return {
      traceId,
      spanId: this.#identity.span(id),
      ...(parentSpanId !== undefined && { parentSpanId }),
      flags,
      name,
      kind: SPAN_KIND.internal,
      startTimeUnixNano: this.#identity.time(from),
      endTimeUnixNano: this.#identity.time(Math.max(from, to ?? this.#timeline.end)),
      attributes: attributesOf({ ...attributes, 'forkscope.open': to === null ? true : null }),
    };
  }

  #link(spanId: string): OtlpLink {
    const { traceId, flags } = this.#identity;
    return { traceId, spanId, flags };
  }

  #ofThread(id: string): string {
    const known = this.#threadSpans.get(id) ?? this.#identity.span(`thread ${id}`);
    this.#threadSpans.set(id, known);
    return known;
  }

  #threadAttributes(id: string): Parameters<typeof attributesOf>[0] {
    const thread = this.#timeline.threads.get(id);
    return thread === undefined ? {} : threadAttributes(thread.view);
  }

  #place(site: CallSite | null): Parameters<typeof attributesOf>[0] {
    if (site === null) return {};
    return {
      'code.file.path': site.file,
      'code.line.number': site.line,
      'code.column.number': site.column,
      'code.function.name': site.fn || null,
    };
  }
}

function threadAttributes({ threadId, name }: ExportThread['view']): Parameters<typeof attributesOf>[0] {
  return { 'thread.id': threadId, 'thread.name': name };
}
