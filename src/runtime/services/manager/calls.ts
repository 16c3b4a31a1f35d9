/** Calls of a manager as a tracer sees them: one wait of the client each, and the time that the server spends on it. */
import type { Outcome, ResourceInfo } from '../../../base/channels.ts';
import { channels, publish, publishWait, publishWaitEnd, type Wait } from '../../core/diagnostics/publish.ts';
import { currentTask } from '../../core/tasks/task.ts';
import { newWait } from '../../core/waits/blocking.ts';
import { Connection } from '../../primitives/pipes/connection.ts';

/** The pipe that takes requests from a client to its server; undefined: they go over a socket. */
export function requestPipe(link: object, end: 'reader' | 'writer'): ResourceInfo | undefined {
  return link instanceof Connection && !link.closed ? link.cores()[end]?.info : undefined;
}

/** In the server: a call begins or has been answered. To be called under the token of the client's task. */
export function publishCall(
  op: 'callStart' | 'callEnd',
  pipe: ResourceInfo | undefined,
  number: number,
): void {
  if (!channels[op].hasSubscribers) return;
  publish(op, pipe, number >>> 0, 0, { n: 0, site: 0, task: currentTask(), sync: false, limited: false });
}

/** In the client: the wait for a call's answer. */
export class CallWait {
  readonly #pipe: ResourceInfo | undefined;
  readonly #wait: Wait = newWait(false);

  constructor(pipe: ResourceInfo | undefined, number: number, signal?: AbortSignal) {
    this.#pipe = pipe;
    publishWait('waitCall', pipe, Number.POSITIVE_INFINITY, this.#wait, signal, number >>> 0);
  }

  end(outcome: Outcome): void {
    publishWaitEnd(this.#pipe, this.#wait, outcome);
  }
}
