import type { ThreadEntity, Wait } from '../state/entities.ts';
import { nameOfThread } from '../state/names.ts';
import { sourceDoes, sourceDoesAlike } from '../state/source-words.ts';
import { matters, type SourceEntity } from '../state/sources.ts';
import { awaited, waitName } from '../state/wait-names.ts';
import type { World } from '../state/world.ts';
import { latelyOf } from '../timeline/lately.ts';
import type { CallSite, ProcessView } from '../types/index.ts';
import {
  conditionText,
  english,
  latelyText,
  oneEachText,
  resourceKindText,
  resourceText,
  untracedText,
  waitText,
} from '../words/index.ts';
import { AtEnd } from './at-end.ts';
import { restAt } from './last-states.ts';
import type { StackFrame, Standing } from './parallel-stacks.ts';

type Stand = Omit<Standing, 'who' | 'ids'>;

/**
 * Where every thread of the program stands: its open waits with their stacks, what it rests for, or that it runs. Of a run that
 * was ended from outside: as of then.
 */
export class Standings {
  private readonly world: World;
  /** Where threads stood when they were ended. */
  readonly ended: AtEnd<readonly Stand[]>;

  constructor(world: World) {
    this.world = world;
    this.ended = new AtEnd(world, (thread, time) => standsOf(world, thread, time));
  }

  /** @param processes views of those that are to be told, in their order */
  all(processes: readonly ProcessView[]): Standing[] {
    const entities = new Map(this.world.processes.all.map((process) => [process.id, process]));
    return processes.flatMap((view) => {
      const process = entities.get(view.id);
      if (process === undefined) return [];
      const threads = [...process.threads.values()].sort((a, b) => a.threadId - b.threadId);
      if (threads.length === 0)
        return process.end === null || this.world.isOfEnding(process.end) ? [outside(view)] : [];
      return threads.flatMap((thread) => {
        const who = nameOfThread(thread);
        const ids = { process: view.id, thread: thread.id };
        return this.of(thread).map((stand) => ({ ...stand, who, ids }));
      });
    });
  }

  private of(thread: ThreadEntity): readonly Stand[] {
    return thread.end === null
      ? standsOf(this.world, thread, this.world.lastTime)
      : (this.ended.of(thread) ?? []);
  }
}

function outside({ id, name, reason }: ProcessView): Standing {
  const alike = untracedText(english, '');
  const ids = { process: id, thread: null };
  return { who: name, ids, doing: untracedText(english, reason), alike, frames: [], count: 1 };
}

function standsOf(world: World, thread: ThreadEntity, time: number): Stand[] {
  const { waits } = thread;
  if (waits.size > 0) return counted([...waits.values()].map((wait) => waitStand(world, wait)));
  const rest = restAt(thread, time);
  const sources = rest?.sources?.list.filter(matters) ?? [];
  if (sources.length > 0) return counted(sources.map((source) => sourceStand(world, source)));
  const doing = rest === null ? latelyText(english, latelyOf(thread, time)) : conditionText(english, 'idle');
  return [{ doing, alike: doing, frames: [], count: 1 }];
}

function waitStand(world: World, wait: Wait): Stand {
  const { resource, child } = wait;
  const kind = resource?.kind ?? null;
  const process = awaited(child)?.name ?? null;
  const holders = [...(resource?.holds.values() ?? [])].map(({ thread }) => thread);
  const others = holders.filter((holder) => holder !== wait.thread || holders.length === 1);
  const say = (thing: string | null, held: readonly string[]): string =>
    waitText(english, waitName(wait.kind), { thing, kind, holders: held });
  return {
    doing: say(
      resource === null ? process : resourceText(english, world.resourceNames.of(resource)),
      others.map((holder) => nameOfThread(holder)),
    ),
    alike: say(kind === null ? null : oneEachText(english, resourceKindText(english, kind)), []),
    frames: framesOf(world.sites.view(wait.site)),
    count: 1,
  };
}

function sourceStand(world: World, source: SourceEntity): Stand {
  const site = world.sites.view(source.heard) ?? world.sites.view(source.site);
  return {
    doing: sourceDoes(source),
    alike: sourceDoesAlike(source),
    frames: framesOf(site),
    count: 1,
  };
}

function framesOf(site: CallSite | null): StackFrame[] {
  return (site?.frames ?? []).map(({ fn, file, line, async, package: from }) => ({
    fn: `${async ? 'async ' : ''}${from || fn}`,
    file,
    line,
  }));
}

/** A thread with a thousand equal waits is one of them with a count. */
function counted(stands: readonly Stand[]): Stand[] {
  const found = new Map<string, Stand>();
  for (const stand of stands) {
    const key = JSON.stringify([stand.doing, stand.frames]);
    const known = found.get(key);
    found.set(key, known === undefined ? stand : { ...known, count: known.count + 1 });
  }
  return [...found.values()];
}
