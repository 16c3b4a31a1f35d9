import { duration } from '../../../base/units.ts';
import { firstLine, type Incident } from '../../state/incidents.ts';
import type { Finding } from '../../types/index.ts';
import { baseName } from '../../words/index.ts';
import { notedFinding } from '../kit/noted.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';

/** These tell of a child that could not be started by their callback. */
const BY_CALLBACK: ReadonlySet<string> = new Set([
  'exec',
  'execFile',
  'spawnSync',
  'execSync',
  'execFileSync',
]);

/** There is no `exit` of a process that was never started. Whoever tried another one since has taken notice. */
export const spawnFailed: Rule = {
  kind: 'spawn-failed',
  summary: 'A child could not be started, and the program listens for its end, which never comes.',
  blocks: 'never',
  outlives: false,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  check(context) {
    const findings: Finding[] = [];
    for (const process of context.world.processes.all) {
      // One that came to its end by itself has not waited for ever.
      if (!process.alive && process.exit?.signal == null) continue;
      for (const thread of process.threads.values()) {
        for (const incident of thread.incidents) {
          if (isAwaited(incident) && lasted(context, incident)) findings.push(say(context, incident));
        }
      }
    }
    return findings;
  },
};

/** Until its process was ended, or so far. */
function lasted({ graph, now, threshold }: RuleContext, { thread, time }: Incident): boolean {
  const { end } = thread.process;
  return end === null ? graph.lasted(time) : Math.min(end, now) - time >= threshold('suspectAfter') * 1e6;
}

function isAwaited({ what, child, told, thread, time }: Incident): boolean {
  if (what !== 'spawnFailed' || child === null || BY_CALLBACK.has(child.api)) return false;
  if (!told.events?.some((event) => event === 'exit' || event === 'close')) return false;
  for (const other of thread.process.children)
    if ((other.child?.startTime ?? other.start) > time) return false;
  return true;
}

function say(context: RuleContext, { thread, child, told, site, time }: Incident): Finding {
  const owner = thread.process.name;
  const file = baseName(child?.file ?? '');
  const code = told.code ?? 'an error';
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: false,
    title: `${owner} could not start ${file} (${code}), and listens for its end`,
    time,
    processes: [thread.process],
    places: [{ role: 'started', thread, resource: null, site, time }],
    explanation: `Starting ${file} failed ${duration(context.now - time)} ago: ${firstLine(told.message)}. A process that was never started has no 'exit' and, where it has no pipes, no 'close': what waits for them waits for ever.`,
    fix: `Settle what waits on the child's 'error' event too (events.once(child, 'exit') does so by itself), and check that ${file} is installed and on the PATH.`,
    key: `${thread.id} ${time}`,
  });
}
