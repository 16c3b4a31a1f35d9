import type {
  Answers,
  CallSite,
  ChainLink,
  ChannelView,
  Finding,
  FindingSite,
  HolderView,
  ProcessView,
  ResourceView,
  ThreadView,
  WaitView,
} from '../types/index.ts';
import {
  REPORT_VERSION,
  type Report,
  type ReportChannel,
  type ReportFinding,
  type ReportFindingSite,
  type ReportHolder,
  type ReportLink,
  type ReportProcess,
  type ReportResource,
  type ReportSite,
  type ReportThread,
  type ReportWaiter,
} from './types.ts';

/**
 * The report of a model as of a session time: plain data, ready for `JSON.stringify`.
 * @param now ns since the session's start; the latest time fed by default
 */
export function makeReport(model: Answers, now?: number): Report {
  const loss = model.loss();
  return {
    version: REPORT_VERSION,
    duration: whole(model.end ?? model.lastTime),
    ended: model.end !== null,
    processes: model.processes().map(processOf),
    channels: model.channels().map(channelOf),
    resources: model.resources().map(resourceOf),
    findings: model.findings(now).map(findingOf),
    dropped: loss.dropped,
    damaged: loss.damaged,
    exact: loss.exact,
    problems: loss.problems.map(({ process: processId, code, message }) => ({
      process: processId,
      code,
      message,
    })),
  };
}

/** Whole ns: fractions are noise of the clock's arithmetic. */
function whole(time: number): number {
  return Math.round(time);
}
function wholeOrNull(time: number | null): number | null {
  return time === null ? null : Math.round(time);
}

function siteOf(site: CallSite | null): ReportSite | null {
  if (site === null) return null;
  const { file, line, column, fn, sampled } = site;
  return { file, line, column, fn, sampled };
}

function threadOf({ id, threadId, name, start, end, state }: ThreadView): ReportThread {
  return { id, threadId, name, start: whole(start), end: wholeOrNull(end), state };
}

function processOf(process: ProcessView): ReportProcess {
  const {
    id,
    pid,
    parent: parentId,
    name,
    argv,
    api,
    start,
    end,
    exitCode,
    signal,
    instrumented,
    reason,
    state,
  } = process;
  return {
    id,
    pid,
    parent: parentId,
    name,
    argv,
    api,
    start: whole(start),
    end: wholeOrNull(end),
    exitCode,
    signal,
    instrumented,
    reason,
    state,
    threads: process.threads.map(threadOf),
  };
}

function channelOf(channel: ChannelView): ReportChannel {
  return { ...channel, latencyNs: wholeOrNull(channel.latencyNs) };
}

function holderOf({
  process: processId,
  thread: threadId,
  task,
  ticket,
  since,
  dead,
  site,
}: HolderView): ReportHolder {
  return {
    process: processId,
    thread: threadId,
    task,
    ticket,
    since: whole(since),
    dead,
    site: siteOf(site),
  };
}

function waiterOf({
  process: processId,
  thread: threadId,
  task,
  kind,
  since,
  sync,
  timeoutMs,
  site,
}: WaitView): ReportWaiter {
  const place = siteOf(site);
  return {
    process: processId,
    thread: threadId,
    task,
    kind,
    since: whole(since),
    sync,
    timeoutMs,
    site: place,
  };
}

function resourceOf(resource: ResourceView): ReportResource {
  const { id, kind, name, acquisitions, contended, exact } = resource;
  return {
    id,
    kind,
    name,
    site: siteOf(resource.site),
    acquisitions,
    contended,
    waitNs: whole(resource.waitNs),
    holders: resource.holders.map(holderOf),
    waiters: resource.waiters.map(waiterOf),
    exact,
  };
}

function findingOf(finding: Finding): ReportFinding {
  const { id, kind, certainty, blocking, title, time, processes, resources, explanation, fix } = finding;
  return {
    id,
    kind,
    certainty,
    blocking,
    title,
    time: whole(time),
    processes,
    resources,
    sites: finding.sites.map(findingSiteOf),
    chain: finding.chain.map(linkOf),
    explanation,
    fix,
  };
}

function findingSiteOf(site: FindingSite): ReportFindingSite {
  const {
    file,
    line,
    column,
    fn,
    sampled,
    role,
    process: processId,
    thread: threadId,
    resource: resourceId,
    time,
  } = site;
  return {
    file,
    line,
    column,
    fn,
    sampled,
    role,
    process: processId,
    thread: threadId,
    resource: resourceId,
    time: whole(time),
  };
}

function linkOf(link: ChainLink): ReportLink {
  const {
    process: processId,
    thread: threadId,
    task,
    waitKind,
    resource: resourceId,
    since,
    site: waitSite,
    blockedBy,
    text,
  } = link;
  return {
    process: processId,
    thread: threadId,
    task,
    waitKind,
    resource: resourceId,
    since: whole(since),
    site: siteOf(waitSite),
    blockedBy: blockedBy.map((by) => ({ process: by.process, thread: by.thread, site: siteOf(by.site) })),
    text,
  };
}
