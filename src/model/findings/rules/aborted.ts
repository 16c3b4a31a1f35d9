import { bytes } from '../../../base/units.ts';
import type { ProcessEntity } from '../../state/entities.ts';
import { signalName } from '../../state/signals.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';

/** What `abort()` of C ends a process by. */
const ABORTED = signalName(6);

/** V8 aborts a process whose heap is full. Nothing in it can say so any more; native code that finds a fault ends so too. */
export const aborted: Rule = {
  kind: 'aborted',
  summary: 'A process ended by SIGABRT, which nobody asked for: mostly its heap was full.',
  blocks: 'never',
  outlives: true,
  thresholds: {},
  check(context) {
    return context.world.processes.all.filter(isAborted).map((process) => say(context, process));
  },
};

function isAborted({ id, exit, instrumented, signalledAt, threads }: ProcessEntity): boolean {
  if (id === '' || !instrumented || exit?.signal !== ABORTED || signalledAt !== null) return false;
  return ![...threads.values()].some(({ incidents }) => incidents.some(({ what }) => what === 'abortCalled'));
}

function say(context: RuleContext, process: ProcessEntity): Finding {
  const { name, memory, child } = process;
  const limit = child?.argv.find((argument) => /^--max[-_](old|semi|heap)/.test(argument));
  const known = [
    ...(limit === undefined ? [] : [`It was started with ${limit}.`]),
    ...(memory === null ? [] : [`At the last look it took ${bytes(memory)}.`]),
  ];
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: false,
    title: `${name} was aborted, most likely since its heap was full`,
    time: process.end ?? 0,
    processes: [process],
    places: startedPlaces(process),
    explanation: [
      `${name} ended by ${ABORTED}: it did not call process.abort(), and nobody of the trace sent that signal. So V8 ends a process that has no memory left (its stderr says "JavaScript heap out of memory" then), and native code that finds a fault.`,
      ...known,
    ].join(' '),
    fix: 'Look at its stderr. Give it more memory (--max-old-space-size), or find what it keeps: node --heapsnapshot-near-heap-limit=1.',
  });
}
