import { type Channel, channel } from 'node:diagnostics_channel';
import {
  CALLED_CHANNEL,
  type CalledEvent,
  CHANNEL_VERSION,
  type ChildInfo,
  channelName,
  type Outcome,
  type ResourceInfo,
  RUNTIME_OPS,
  type RuntimeEvent,
  type RuntimeOp,
} from '../../../base/channels.ts';
import type { Ms } from '../../../base/quantities.ts';

/** The runtime's channels. Ask `channels.acquire.hasSubscribers` before publishing: that is all an unobserved run pays. */
export const channels = Object.fromEntries(RUNTIME_OPS.map((op) => [op, channel(channelName(op))])) as Record<
  RuntimeOp,
  Channel
>;

const event: RuntimeEvent = {
  v: CHANNEL_VERSION,
  op: 'create',
  target: undefined,
  n: 0,
  value: 0,
  task: 0,
  sync: false,
  subject: undefined,
  timeoutArmed: false,
  outcome: 'ok',
  site: 0,
};

/** A blocking operation while it lasts. */
export interface Wait {
  /** Unique in this thread; 0: the operation did not block. */
  n: number;
  /** What a subscriber stored when the wait began. */
  site: number;
  task: number;
  sync: boolean;
  /** It ends by itself: it may not block, or a timeout or the program's AbortSignal ends it. */
  readonly limited: boolean;
}

const calledChannel = channel(CALLED_CHANNEL);
const called: CalledEvent = { v: CHANNEL_VERSION, target: undefined, site: 0 };

/** Lets a subscriber note who calls the runtime now, for what is published later. Returns what it has stored, 0: nothing. */
export function noteCaller(target?: ResourceInfo): number {
  if (!calledChannel.hasSubscribers) return 0;
  called.target = target;
  called.site = 0;
  calledChannel.publish(called);
  return called.site;
}

/** Publishes `op` as called from where {@link noteCaller} has returned `site`. */
export function publishFrom(
  site: number,
  op: RuntimeOp,
  target: ResourceInfo | ChildInfo | undefined,
  n = 0,
  value = 0,
): void {
  const channel = channels[op];
  if (!channel.hasSubscribers) return;
  fill(op, target, n, value);
  event.site = site;
  channel.publish(event);
}

export type WaitOp = Extract<RuntimeOp, `wait${string}`>;
let waits = 0;

/** Publishes `op`; the fields that are not given are 0. */
export function publish(
  op: RuntimeOp,
  target: ResourceInfo | ChildInfo | undefined,
  n = 0,
  value = 0,
  wait?: Wait,
): void {
  const channel = channels[op];
  if (!channel.hasSubscribers) return;
  fill(op, target, n, value, wait);
  channel.publish(event);
}

function fill(
  op: RuntimeOp,
  target: ResourceInfo | ChildInfo | undefined,
  n: number,
  value: number,
  wait?: Wait,
): void {
  event.op = op;
  event.target = target;
  event.n = n;
  event.value = value;
  event.task = wait?.task ?? 0;
  event.sync = wait?.sync ?? false;
  event.site = wait?.site ?? 0;
  event.subject = undefined;
  // Of an acquisition that did not wait nothing else tells it.
  event.timeoutArmed = op === 'acquire' && wait !== undefined && wait.limited;
  event.outcome = 'ok';
}

/**
 * Begins a wait: numbers it, and lets a subscriber note the call site. `timeout`: milliseconds, Infinity: none. `signal`: may
 * end it as well, nobody knows when. `subject`: see {@link RuntimeEvent}.
 */
export function publishWait(
  op: WaitOp,
  target: ResourceInfo | ChildInfo | undefined,
  timeout: Ms,
  wait: Wait,
  signal?: AbortSignal,
  subject?: number,
): void {
  wait.n = ++waits;
  const channel = channels[op];
  if (!channel.hasSubscribers) return;
  const armed = timeout !== Number.POSITIVE_INFINITY;
  fill(op, target, wait.n, armed ? Math.max(1, Math.min(Math.round(timeout), 0xffffffff)) : 0, wait);
  event.subject = subject;
  event.timeoutArmed = armed || signal !== undefined;
  channel.publish(event);
  wait.site = event.site;
}

export function publishWaitEnd(
  target: ResourceInfo | ChildInfo | undefined,
  wait: Wait,
  outcome: Outcome,
): void {
  const channel = channels.waitEnd;
  if (!channel.hasSubscribers) return;
  fill('waitEnd', target, wait.n, 0, wait);
  event.outcome = outcome;
  channel.publish(event);
}
