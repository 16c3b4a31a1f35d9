import * as l10n from '@vscode/l10n';
import { countBelow, DEEPEST_TREE } from '../../model/report/tree.ts';
import {
  mainWait,
  type ProcessView,
  type ThreadView,
  type WaitView,
  waitOf,
} from '../../model/types/index.ts';
import {
  CONDITIONS,
  type Condition,
  conditionText,
  conditionTitle,
  countText,
  stuckText,
  stuckTitle,
  threadText,
} from '../../model/words/index.ts';
import { connectionSpecs } from './connections.ts';
import { findingSpec } from './finding.ts';
import { duration, shortName } from './format.ts';
import { conditionIcon, sessionIcon } from './icons.ts';
import type { NodeSpec, RowStyle } from './nodes.ts';
import { conditionOf, describe, figuresOf, stateText, threadCondition } from './presentation.ts';
import { type Snapshot, TreeIndex } from './tree-index.ts';

/** More siblings than this are put into groups by condition. */
export const MOST_SIBLINGS = 50;

interface Sibling {
  readonly condition: Condition;
  readonly spec: NodeSpec;
}

/** The tree of one session. */
export function sessionSpec(snapshot: Snapshot): NodeSpec {
  return new Builder(new TreeIndex(snapshot)).session();
}

class Builder {
  private readonly index: TreeIndex;
  private readonly dir: string;

  constructor(index: TreeIndex) {
    this.index = index;
    this.dir = index.snapshot.dir;
  }

  session(): NodeSpec {
    const { processes, findings, dir } = this.index.snapshot;
    const roots = processes.filter((p) => p.parent === null || !this.index.processes.has(p.parent));
    const children = [
      ...findings.map((finding) => findingSpec(finding, dir)),
      ...this.group(
        roots.map((p) => this.process(p)),
        dir,
      ),
      ...connectionSpecs(this.index.snapshot),
    ];
    return { id: dir, dir, target: { kind: 'session' }, style: this.sessionStyle(roots), children };
  }

  private sessionStyle(roots: readonly ProcessView[]): RowStyle {
    const { name, live, terminal, problem } = this.index.snapshot;
    const description = problem || this.sessionText(roots);
    const live$ = terminal ? 'session.live.terminal' : 'session.live';
    return {
      label: shortName(name),
      description,
      icon: sessionIcon({ live, alarm: this.index.stuck.size > 0, failed: problem !== '' }),
      context: live ? live$ : 'session.ended',
      accessible: l10n.t('Session {0}, {1}', name, description),
      // From the begin, when there is nothing below it yet: see `ProcessTree.getTreeItem`.
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
    if (live) return `${this.stateText()} · ${count}`;
    const root = roots[0];
    const end = root && root.end !== null ? stateText(root, conditionOf(root, this.index), this.index) : '';
    const loss = this.index.snapshot.exact ? [] : [l10n.t('trace not complete')];
    return [end || conditionText(l10n.t, 'ended'), duration(lastTime), ...loss].join(' · ');
  }

  private stateText(): string {
    const [first] = this.index.stuck.values();
    return first ? stuckText(l10n.t, first) : conditionText(l10n.t, 'running');
  }

  private process(process: ProcessView, level = 1): Sibling {
    const condition = conditionOf(process, this.index);
    const isDeepest = level >= DEEPEST_TREE;
    const below = (isDeepest ? [] : this.childrenOf(process)).map((child) => this.process(child, level + 1));
    const threads = process.threads.length > 1 ? process.threads.map((t) => this.thread(t, process)) : [];
    const children = this.group([...threads, ...below], process.id);
    const { id, pid, start } = process;
    const target = { kind: 'process', processId: id, pid, start } as const;
    const style = this.processStyle(process, condition, children, isDeepest ? this.countBelow(process) : 0);
    return { condition, spec: { id: `${this.dir}|${id}`, dir: this.dir, target, style, children } };
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
      condition,
      spec: { id: `${this.dir}|${thread.id}|thread`, dir: this.dir, target, style, children: [] },
    };
  }

  private group(siblings: readonly Sibling[], owner: string): NodeSpec[] {
    if (siblings.length <= MOST_SIBLINGS) return siblings.map((s) => s.spec);
    return CONDITIONS.flatMap((condition) => {
      const members = siblings.filter((s) => s.condition === condition).map((s) => s.spec);
      return members.length > 0 ? [this.groupSpec(condition, members, owner)] : [];
    });
  }

  private groupSpec(condition: Condition, children: readonly NodeSpec[], owner: string): NodeSpec {
    const label = conditionTitle(l10n.t, condition);
    const style: RowStyle = {
      label,
      description: String(children.length),
      icon: conditionIcon(condition),
      context: 'group',
      accessible: l10n.t('{0}: {1}', label, children.length),
      expand: condition === 'stuck' ? 'expanded' : 'collapsed',
      mark: markOf(condition),
      site: null,
    };
    const id = `${this.dir}|${owner}|group|${condition}`;
    return { id, dir: this.dir, target: { kind: 'group', condition }, style, children };
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
