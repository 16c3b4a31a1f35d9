import { duration } from '../../../base/units.ts';
import type { ProcessEntity } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';

const WAITS = /^--inspect-(?:brk|wait)(?:=.*)?$/;
/** A process that computes is not paused at its start, percent of a core. */
const BUSY_CPU = 5;

/** A process that is paused at its start runs no line of its own, the tracer's included: it has no stream. */
export const waitingForDebugger: Rule = {
  kind: 'waiting-for-debugger',
  summary: 'A process is paused at its start until a debugger is attached, and none is.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  check(context) {
    const findings: Finding[] = [];
    for (const process of context.world.processes.all) {
      const flag = process.alive ? flagOf(process) : undefined;
      if (flag === undefined || !isPaused(process) || !context.graph.lasted(process.start)) continue;
      findings.push(say(context, process, flag));
    }
    return findings;
  },
};

function flagOf({ child, definition, os }: ProcessEntity): string | undefined {
  const words = [
    ...(definition?.execArgv ?? []),
    ...(child?.argv ?? []),
    ...(os?.argv.flatMap((word) => word.split(' ')) ?? []),
  ];
  return words.find((word) => WAITS.test(word));
}

/** It has told nothing but, at most, that it is there. */
function isPaused({ main, cpu }: ProcessEntity): boolean {
  if ((cpu ?? 0) > BUSY_CPU) return false;
  return main === null || (main.quiescent === null && main.uses.size === 0 && main.waits.size === 0);
}

function say(context: RuleContext, process: ProcessEntity, flag: string): Finding {
  const name = process.name;
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${name} waits for a debugger (${flag})`,
    time: process.start,
    processes: [process],
    places: startedPlaces(process),
    explanation: `${name} was started with ${flag} ${duration(context.now - process.start)} ago and has done nothing since: Node pauses it before its first line until a debugger is attached and lets it go on.`,
    fix: `Attach a debugger, or start it without ${flag}: a child may have it from execArgv or NODE_OPTIONS of its parent.`,
  });
}
