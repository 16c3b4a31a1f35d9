import * as l10n from '@vscode/l10n';
import type { StackGroup, StackMembers, StandingIds } from '../../model/views/parallel-stacks.ts';
import { countText, listText, placeText } from '../../model/words/index.ts';
import type { NodeSpec, NodeTarget, Place, RowStyle } from '../tree/nodes.ts';

/** Names that a row of many tells itself. */
const NAMES_IN_ROW = 4;
/** More of those who do alike are counted, not shown. */
const MOST_NAMES = 200;

type Frame = StackGroup['frames'][number];

/** The merged stacks of one program. */
export interface Stacks {
  /** Folder of the trace, or what else tells programs apart. */
  readonly dir: string;
  readonly groups: readonly StackGroup[];
  /** Threads, and processes without a known thread, that a finding which blocks is about. */
  readonly stuck: ReadonlySet<string>;
  /** Its processes are in the process tree and in the timeline. */
  readonly traced: boolean;
}

/** How many stand somewhere. */
export interface Crowd {
  /** Things that stand: a thread may have several waits. */
  readonly count: number;
  readonly threads: number;
  readonly processes: number;
}

/**
 * The rows of merged stacks. A row of frames is named by the innermost one that all of its stacks share; below it are what is done
 * there and by whom, the rows into which it divides further in, and its callers.
 */
export function stackSpecs({ dir, groups, stuck, traced }: Stacks): NodeSpec[] {
  const builder = new Builder(dir, stuck, traced);
  return groups.map((group) => builder.group(group, `${dir}|stacks`));
}

/** Of all groups together. */
export function crowdOf(groups: readonly StackGroup[]): Crowd {
  const ids = groups.flatMap(idsIn);
  return {
    count: groups.reduce((sum, { count }) => sum + count, 0),
    threads: new Set(ids.map(idOf)).size,
    processes: new Set(ids.map(({ process }) => process)).size,
  };
}

/** `3 processes`; `12 threads of 1 process`; `5 waits, 1 thread of 1 process`. */
export function crowdText({ count, threads, processes }: Crowd): string {
  const owners = countText(l10n.t, processes, 'process');
  const standing =
    threads === processes ? owners : l10n.t('{0} of {1}', countText(l10n.t, threads, 'thread'), owners);
  return count > threads ? `${countText(l10n.t, count, 'wait')}, ${standing}` : standing;
}

/** The id of a thread, or of a process where no thread is known. */
export function idOf({ process, thread }: StandingIds): string {
  return thread ?? process;
}

function idsIn({ here, below }: StackGroup): StandingIds[] {
  return [...here.flatMap(({ ids }) => ids), ...below.flatMap(idsIn)];
}

class Builder {
  private readonly dir: string;
  private readonly stuck: ReadonlySet<string>;
  private readonly traced: boolean;

  constructor(dir: string, stuck: ReadonlySet<string>, traced: boolean) {
    this.dir = dir;
    this.stuck = stuck;
    this.traced = traced;
  }

  group(group: StackGroup, owner: string): NodeSpec {
    const { frames, here, below } = group;
    const [outermost] = frames;
    const inner = frames.at(-1) ?? null;
    // By its first frame: when others go another way at a later one, the row stays the same, and stays open.
    const id = `${owner}|${outermost ? `${outermost.fn}@${outermost.file}:${outermost.line}` : ''}`;
    const site = siteOf(inner);
    const crowd = crowdText(crowdOf([group]));
    const callers = frames.slice(0, -1).reverse();
    const children = [
      ...here.map((members) => this.members(members, site, id)),
      ...below.map((deeper) => this.group(deeper, id)),
      ...(callers.length > 0 ? [this.callers(callers, id)] : []),
    ];
    const label = inner ? nameOf(inner) : l10n.t('No line of the program');
    const place = placeText(inner);
    return this.spec(id, { kind: 'frames' }, children, {
      label,
      description: [place, crowd].filter(Boolean).join(' · '),
      icon: { id: inner ? 'symbol-method' : 'circle-outline' },
      accessible: inner ? l10n.t('{0} at {1}, {2}', label, place, crowd) : l10n.t('{0}, {1}', label, crowd),
      expand: 'expanded',
      mark: idsIn(group).some((ids) => this.isStuck(ids)) ? 'alarm' : 'none',
      site,
    });
  }

  private members({ doing, count, who, ids }: StackMembers, site: Place | null, owner: string): NodeSpec {
    const unique = new Map(ids.map((one, i) => [idOf(one), { ids: one, name: who[i] ?? '' }]));
    const all = [...unique.values()];
    const [first] = all;
    const stuck = all.filter(({ ids: one }) => this.isStuck(one));
    const isOne = first !== undefined && all.length === 1;
    const id = `${owner}|does|${doing}${isOne ? `|${idOf(first.ids)}` : ''}`;
    const times = count > all.length ? `${count} × ` : '';
    const names = listText(
      l10n.t,
      all.map(({ name }) => name),
      NAMES_IN_ROW,
    );
    const number = isOne ? '' : `${crowdText({ count: all.length, ...sizesOf(all) })}: `;
    const style = {
      label: `${times}${doing}`,
      description: `${number}${names}`,
      icon: stuck.length > 0 ? ALARM : { id: isOne ? 'server-process' : 'organization' },
      accessible: l10n.t('{0}: {1}', `${times}${doing}`, `${number}${names}`),
      mark: stuck.length > 0 ? 'alarm' : 'none',
      site,
    } as const;
    if (isOne) return this.spec(id, standing(first.ids), [], { ...style, expand: 'none' });
    const named = [...stuck, ...all.filter((one) => !stuck.includes(one))];
    const children = named.slice(0, MOST_NAMES).map((one) => this.one(one, doing, site, id));
    const left = named.length - MOST_NAMES;
    if (left > 0) children.push(this.rest(left, id));
    return this.spec(id, { kind: 'alike' }, children, { ...style, expand: 'collapsed' });
  }

  private one(
    { ids, name }: { readonly ids: StandingIds; readonly name: string },
    doing: string,
    site: Place | null,
    owner: string,
  ): NodeSpec {
    const stuck = this.isStuck(ids);
    return this.spec(`${owner}|${idOf(ids)}`, standing(ids), [], {
      label: name,
      description: '',
      icon: stuck ? ALARM : { id: 'server-process' },
      accessible: l10n.t('{0}: {1}', name, doing),
      expand: 'none',
      mark: stuck ? 'alarm' : 'none',
      site,
    });
  }

  private rest(count: number, owner: string): NodeSpec {
    const label = l10n.t('{0} more', count);
    return this.spec(`${owner}|rest`, { kind: 'frames' }, [], {
      label,
      description: '',
      icon: { id: 'ellipsis' },
      accessible: label,
      expand: 'none',
      mark: 'faded',
      site: null,
    });
  }

  /** @param frames innermost first */
  private callers(frames: readonly Frame[], owner: string): NodeSpec {
    const id = `${owner}|callers`;
    const label = l10n.t('Called by');
    const names = frames.map(nameOf).join(' ← ');
    const children = frames.map((frame, i) => {
      const [name, place] = [nameOf(frame), placeText(frame)];
      return this.spec(`${id}|${i}`, { kind: 'frames' }, [], {
        label: name,
        description: place,
        icon: { id: 'symbol-method' },
        accessible: l10n.t('{0}, at {1}', name, place),
        expand: 'none',
        mark: 'none',
        site: siteOf(frame),
      });
    });
    return this.spec(id, { kind: 'frames' }, children, {
      label,
      description: names,
      icon: { id: 'call-incoming' },
      accessible: l10n.t('{0}: {1}', label, names),
      expand: 'collapsed',
      mark: 'faded',
      site: null,
    });
  }

  private spec(
    id: string,
    target: NodeTarget,
    children: readonly NodeSpec[],
    style: Omit<RowStyle, 'context'>,
  ): NodeSpec {
    const what = target.kind === 'standing' && this.traced ? 'standing' : 'stack';
    return {
      id,
      dir: this.dir,
      target,
      style: { ...style, context: style.site ? `${what}.site` : what },
      children,
    };
  }

  private isStuck(ids: StandingIds): boolean {
    return this.stuck.has(idOf(ids));
  }
}

const ALARM = { id: 'error', color: 'list.errorForeground' } as const;

function standing({ process, thread }: StandingIds): NodeTarget {
  return { kind: 'standing', processId: process, threadId: thread ?? undefined };
}

function sizesOf(all: readonly { readonly ids: StandingIds }[]): Pick<Crowd, 'threads' | 'processes'> {
  return { threads: all.length, processes: new Set(all.map(({ ids }) => ids.process)).size };
}

function nameOf({ fn }: Frame): string {
  return fn || '<anonymous>';
}

function siteOf(frame: Frame | null): Place | null {
  return frame && { file: frame.file, line: frame.line, column: 1 };
}
