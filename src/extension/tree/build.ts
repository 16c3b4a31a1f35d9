import * as l10n from '@vscode/l10n';
import { countBelow, DEEPEST_TREE } from '../../model/report/tree.ts';
import {
  type Finding,
  mainWait,
  type ProcessView,
  type ThreadView,
  type WaitView,
  waitOf,
} from '../../model/types/index.ts';
import {
  type Condition,
  conditionText,
  conditionTitle,
  countText,
  stuckText,
  stuckTitle,
  threadText,
} from '../../model/words/index.ts';
import { type Arrangement, type Candidate, isFiltered, matches } from './arrangement.ts';
import { connectionSpecs } from './connections.ts';
import { findingSpec } from './finding.ts';
import { duration, shortName } from './format.ts';
import { arranged, type Sibling } from './groups.ts';
import { conditionIcon, sessionIcon } from './icons.ts';
import type { NodeSpec, RowStyle } from './nodes.ts';
import { conditionOf, describe, figuresOf, stateText, threadCondition } from './presentation.ts';
import { type Snapshot, TreeIndex } from './tree-index.ts';

/** The tree of one session. */
export interface SessionTree {
  /** `undefined`: nothing of the session fits the filter. */
  readonly spec: NodeSpec | undefined;
  /** Processes that fit the filter, and all of them. */
  readonly shown: number;
  readonly all: number;
}

export function sessionTree(snapshot: Snapshot, arrangement: Arrangement): SessionTree {
  return new Builder(new TreeIndex(snapshot), arrangement).session();
}

class Builder {
  private readonly index: TreeIndex;
  private readonly arrangement: Arrangement;
  private readonly dir: string;
  /** Processes that a finding names. */
  private readonly found: ReadonlySet<string>;
  /** Processes that fit the filter. */
  private readonly shown = new Set<string>();
  /** Ended ones that have no row. */
  private hidden = 0;

  constructor(index: TreeIndex, arrangement: Arrangement) {
    this.index = index;
    this.arrangement = arrangement;
    this.dir = index.snapshot.dir;
    this.found = new Set(index.snapshot.findings.flatMap(({ processes }) => processes));
  }

  session(): SessionTree {
    const { processes, findings, dir } = this.index.snapshot;
    const roots = processes.filter((p) => p.parent === null || !this.index.processes.has(p.parent));
    const rows = this.place(
      roots.flatMap((p) => this.process(p)),
      dir,
    );
    const counts = { shown: this.shown.size, all: processes.length };
    const filtered = isFiltered(this.arrangement);
    if (filtered && rows.length === 0) return { spec: undefined, ...counts };
    const about = (finding: Finding) => !filtered || finding.processes.some((id) => this.shown.has(id));
    const children = [
      ...findings.filter(about).map((finding) => findingSpec(finding, dir)),
      ...rows,
      ...(filtered ? [] : connectionSpecs(this.index.snapshot)),
    ];
    const style = this.sessionStyle(roots);
    return { spec: { id: dir, dir, target: { kind: 'session' }, style, children }, ...counts };
  }

  private sessionStyle(roots: readonly ProcessView[]): RowStyle {
    const { name, live, terminal, again, problem } = this.index.snapshot;
    const description = problem || this.sessionText(roots);
    const state = live ? (terminal ? 'session.live.terminal' : 'session.live') : 'session.ended';
    return {
      label: shortName(name),
      description,
      icon: sessionIcon({ live, alarm: this.index.stuck.size > 0, failed: problem !== '' }),
      context: again ? `${state}.again` : state,
      accessible: l10n.t('Session {0}, {1}', name, description),
      // From the begin, when there is nothing below it yet: see `RowTree.getTreeItem`.
      expand: 'expanded',
      mark: problem ? 'alarm' : 'none',
      site: null,
    };
  }

  private sessionText(roots: readonly ProcessView[]): string {
    const { live, processes, lastTime } = this.index.snapshot;
    const alive = processes.filter((p) => p.end === null).length;
    if (live && processes.length === 0) return conditionText(l10n.t, 'starting');
    if (live && alive === 0) return l10n.t('ending');
    const count = countText(l10n.t, alive, 'process');
    const hidden = this.hidden === 0 ? [] : [l10n.t('{0} ended hidden', this.hidden)];
    if (live) return [this.stateText(), count, ...hidden].join(' · ');
    const root = roots[0];
    const end = root && root.end !== null ? stateText(root, conditionOf(root, this.index), this.index) : '';
    const loss = this.index.snapshot.exact ? [] : [l10n.t('trace not complete')];
    return [end || conditionText(l10n.t, 'ended'), duration(lastTime), ...loss].join(' · ');
  }

  private stateText(): string {
    const [first] = this.index.stuck.values();
    return first ? stuckText(l10n.t, first) : conditionText(l10n.t, 'running');
  }

  /** Its row with those below; nothing where neither it nor anything below fits the filter. */
  private process(process: ProcessView, level = 1): Sibling[] {
    const candidate = this.candidate(process);
    const isDeepest = level >= DEEPEST_TREE;
    const below = isDeepest
      ? []
      : this.childrenOf(process).flatMap((child) => this.process(child, level + 1));
    const isHidden = this.arrangement.hideEnded && this.index.snapshot.live && process.end !== null;
    const fits = !isHidden && matches(candidate, this.arrangement);
    if (fits) this.shown.add(process.id);
    const threads = process.threads.length > 1 && !isHidden ? this.threads(process, fits) : [];
    const children = [...threads, ...below];
    if (!fits && children.length === 0 && !(isDeepest && this.fitsBelow(process))) {
      if (isHidden) this.hidden++;
      return [];
    }
    const { id, pid, start, name } = process;
    const rows = this.place(children, id);
    const style = this.processStyle(
      process,
      candidate.condition,
      rows,
      isDeepest ? this.countBelow(process) : 0,
    );
    const target = { kind: 'process', processId: id, pid, start } as const;
    const spec: NodeSpec = { id: `${this.dir}|${id}`, dir: this.dir, target, style, children: rows };
    return [{ ...candidate, kind: 'process', name, count: 1, spec }];
  }

  private candidate(process: ProcessView): Candidate {
    const condition = conditionOf(process, this.index);
    const { id, pid, name, argv, cpu, memory } = process;
    const texts = [
      name,
      String(pid),
      stateText(process, condition, this.index),
      conditionTitle(l10n.t, condition),
      argv.join(' '),
    ];
    return { condition, texts, found: this.found.has(id), cpu, memory };
  }

  /** Those that fit the filter, or all of a process that does. */
  private threads(process: ProcessView, all: boolean): Sibling[] {
    return process.threads
      .map((thread) => this.thread(thread, process))
      .filter((thread) => all || matches(thread, this.arrangement));
  }

  private fitsBelow(process: ProcessView): boolean {
    const below = this.childrenOf(process);
    // It grows meanwhile.
    for (const next of below) below.push(...this.childrenOf(next));
    return below.some((one) => matches(this.candidate(one), this.arrangement));
  }

  private place(siblings: readonly Sibling[], owner: string): NodeSpec[] {
    return arranged(siblings, { dir: this.dir, owner, arrangement: this.arrangement });
  }

  private childrenOf({ children }: ProcessView): ProcessView[] {
    return children.flatMap((id) => this.index.processes.get(id) ?? []);
  }

  private countBelow({ id }: ProcessView): number {
    return countBelow(id, (above) => this.index.processes.get(above)?.children ?? []);
  }

  /** @param deeper processes below it that are too deep to be shown */
  private processStyle(
    process: ProcessView,
    condition: Condition,
    children: readonly NodeSpec[],
    deeper: number,
  ): RowStyle {
    const wait = process.end === null ? waitOf(process) : undefined;
    const figures = [
      condition === 'stuck' ? stuckTitle(l10n.t, this.index.stuck.get(process.id)) : '',
      stateText(process, condition, this.index),
      ...figuresOf(process, this.index),
      l10n.t('process id {0}', process.pid),
    ];
    return {
      label: shortName(process.name) || `pid ${process.pid}`,
      description: [...deeperText(deeper), describe(process, condition, this.index)].join(' · '),
      icon: conditionIcon(condition, wait?.kind),
      context:
        process.end === null
          ? `process.live${process.paused === null ? '' : '.paused'}${atSite(wait)}`
          : 'process.ended',
      accessible: [process.name, ...figures, ...deeperText(deeper)].filter(Boolean).join(', '),
      expand: children.length > 0 ? 'expanded' : 'none',
      mark: markOf(condition),
      site: wait?.site ?? null,
    };
  }

  private thread(thread: ThreadView, process: ProcessView): Sibling {
    const condition = threadCondition(thread, this.index);
    const wait = mainWait(thread.waits);
    const name = this.index.labels.threadOf(process, thread.id);
    const text = threadText(l10n.t, thread, condition, this.index.labels);
    const style: RowStyle = {
      label: name,
      description: text,
      icon: conditionIcon(condition, wait?.kind),
      context: `thread${atSite(wait)}`,
      accessible: l10n.t('Thread {0} of {1}, {2}', name, process.name, text),
      expand: 'none',
      mark: markOf(condition),
      site: wait?.site ?? null,
    };
    const target = { kind: 'thread', processId: process.id, pid: process.pid, threadId: thread.id } as const;
    return {
      kind: 'thread',
      name,
      count: 1,
      condition,
      texts: [name, text],
      found: false,
      cpu: null,
      memory: null,
      spec: { id: `${this.dir}|${thread.id}|thread`, dir: this.dir, target, style, children: [] },
    };
  }
}

function deeperText(count: number): string[] {
  return count === 0 ? [] : [l10n.t('{0} below, too deep to be shown', countText(l10n.t, count, 'process'))];
}

function atSite(wait: WaitView | undefined): '' | '.site' {
  return wait?.site ? '.site' : '';
}

function markOf(condition: Condition): RowStyle['mark'] {
  if (condition === 'stuck') return 'alarm';
  return condition === 'ended' || condition === 'untraced' ? 'faded' : 'none';
}
