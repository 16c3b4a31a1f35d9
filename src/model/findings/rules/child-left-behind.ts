import { duration } from '../../../base/units.ts';
import type { ProcessEntity } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';
import { listWords } from '../kit/words.ts';

/** At the end of the session everybody who is about to end has had so long, ns. */
const AT_END = 0.5e9;
/** Who does something so long after the signal has not got it, ns. */
const SURELY = 1e9;

/**
 * A signal ends one process and not what that has started: the shell of `exec({ timeout })` and not its commands. Those go on.
 * Not told where the whole program was ended, nor of those that were started to outlive their parent.
 */
export const childLeftBehind: Rule = {
  kind: 'child-left-behind',
  summary: 'A process was killed, and what it had started goes on without it.',
  blocks: 'never',
  outlives: true,
  thresholds: {
    outlives: {
      value: 5000,
      unit: 'ms',
      summary: 'how long the child must have lived on, while the program runs',
    },
  },
  check(context) {
    const findings: Finding[] = [];
    for (const parent of context.world.processes.all) {
      if (parent.id === '' || parent.exit?.signal == null || isEnding(context, parent)) continue;
      const left = [...parent.children].filter((child) => outlives(context, parent, child));
      if (left.length > 0) findings.push(say(context, parent, left));
    }
    return findings;
  },
};

/** It was a signal to the whole program, of which it is only the first to end. */
function isEnding({ world }: RuleContext, process: ProcessEntity): boolean {
  return world.killed !== null || world.endedWithProgram(process) || process.child?.owner == null;
}

function outlives(context: RuleContext, parent: ProcessEntity, child: ProcessEntity): boolean {
  const { world, now } = context;
  const end = parent.end ?? 0;
  if (child.id === '' || child.start > end || child.child?.detached === true) return false;
  if (!isKnownToLive(child, end)) return false;
  const enough = context.threshold('outlives') * 1e6;
  if (child.end !== null) return child.end - end >= enough;
  if (world.end !== null) return world.end - end >= AT_END;
  if (now - end < enough) context.due(end + enough);
  return now - end >= enough;
}

/** Whoever the system has never shown, and who has done nothing since, may have come and gone between two looks, with its parent. */
function isKnownToLive({ cpu, os, threads }: ProcessEntity, end: number): boolean {
  return (
    cpu !== null || os !== null || [...threads.values()].some(({ lastTime }) => lastTime - end >= SURELY)
  );
}

function say(context: RuleContext, parent: ProcessEntity, left: readonly ProcessEntity[]): Finding {
  const { world, now } = context;
  const end = parent.end ?? 0;
  const until = Math.min(...left.map((child) => child.end ?? world.end ?? now));
  const names = listWords(left.map((child) => `${child.name} (${child.pid})`));
  const many = left.length > 1;
  const owner = parent.child?.owner?.process.name ?? '';
  const at = placeText(world.sites.view(parent.child?.site ?? 0));
  return notedFinding(context, {
    certainty: 'certain',
    blocking: false,
    title: `${parent.name} was killed by ${parent.exit?.signal}, but ${names}, which it had started, ${many ? 'go' : 'goes'} on`,
    time: end,
    processes: [parent, ...left],
    places: [...startedPlaces(parent), ...left.flatMap(startedPlaces)],
    explanation: `A signal ends one process, not those below it. ${owner} had started ${parent.name}${at === '' ? '' : ` at ${at}`}; ${names} lived on for ${duration(until - end)} at least after that was killed.`,
    fix: 'Start the program itself instead of a shell (execFile, or spawn without `shell`); or start it with `detached: true` and end its whole group by process.kill(-child.pid).',
  });
}
