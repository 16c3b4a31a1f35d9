import * as l10n from '@vscode/l10n';
import { CONDITIONS, type Condition, conditionText, conditionTitle } from '../../model/words/index.ts';
import { type Arrangement, type Candidate, compare, isBad, isOver } from './arrangement.ts';
import { shortName } from './format.ts';
import { conditionIcon } from './icons.ts';
import type { NodeSpec, RowStyle } from './nodes.ts';

/** More siblings than this are put into groups by condition. */
export const MOST_SIBLINGS = 50;
/** Fewer equal siblings than this have rows of their own. */
export const LEAST_EQUAL = 5;

/** A process or thread among others with the same parent. */
export interface Sibling extends Candidate {
  readonly kind: 'process' | 'thread';
  readonly name: string;
  /** 1, of a group as many as are in it. */
  readonly count: number;
  readonly spec: NodeSpec;
}

/** How the rows of siblings are put below their owner. */
export interface Place {
  readonly dir: string;
  /** Whose children they are: part of the groups' ids. */
  readonly owner: string;
  readonly arrangement: Arrangement;
}

/** The rows of siblings: in the order that is asked for, equal ones in a row with their count, and where it are still too many, by condition. */
export function arranged(siblings: readonly Sibling[], place: Place): NodeSpec[] {
  const sorted = [...siblings].sort((a, b) => compare(a, b, place.arrangement.sort));
  const rows = place.arrangement.group ? withEqualGrouped(sorted, place) : sorted;
  return byCondition(rows, place);
}

function withEqualGrouped(sorted: readonly Sibling[], place: Place): Sibling[] {
  const equal = new Map<string, Sibling[]>();
  for (const sibling of sorted) {
    const members = equal.get(patternOf(sibling));
    if (members) members.push(sibling);
    else equal.set(patternOf(sibling), [sibling]);
  }
  return sorted.flatMap((sibling) => {
    const members = equal.get(patternOf(sibling)) ?? [];
    if (members.length < LEAST_EQUAL) return [sibling];
    return members[0] === sibling ? [equalGroup(members, place)] : [];
  });
}

/** What equal siblings share: `worker-1` and `worker-12` differ by their numbers only. */
function patternOf({ kind, name }: Sibling): string {
  return `${kind}|${name.replace(/\d+/g, '…')}`;
}

/** `worker.js` of `worker.js 12`, `job … of night` of `job 7 of night`. */
function commonName(sibling: Sibling): string {
  const pattern = patternOf(sibling).slice(sibling.kind.length + 1);
  return pattern.replace(/[\s\-_#.]*…$/, '') || pattern;
}

/** `worker.js × 28`: stands where its first member would, and looks like its most urgent one. */
function equalGroup(members: readonly Sibling[], { dir, owner, arrangement }: Place): Sibling {
  const [first] = members as readonly [Sibling, ...Sibling[]];
  const isSame = members.every(({ name }) => name === first.name);
  const name = isSame ? first.name : commonName(first);
  const condition = mostUrgent(members);
  const id = `${dir}|${owner}|equal|${patternOf(first)}`;
  const counts = countsText(members);
  const isProcess = first.kind === 'process';
  const live = members.some((member) => !isOver(member.condition)) ? 'group.live' : 'group.ended';
  const style: RowStyle = {
    ...plainStyle,
    label: `${shortName(name)} × ${members.length}`,
    description: counts,
    icon: conditionIcon(condition),
    context: isProcess ? live : 'threads',
    accessible: isProcess
      ? l10n.t('{0} equal processes {1}: {2}', members.length, name, counts)
      : l10n.t('{0} equal threads {1}: {2}', members.length, name, counts),
    mark: condition === 'stuck' ? 'alarm' : live === 'group.ended' ? 'faded' : 'none',
  };
  const children = byCondition(members, { dir, owner: `${owner}|${patternOf(first)}`, arrangement });
  const count = members.length;
  return { ...first, condition, name, count, spec: { id, dir, target: { kind: 'group' }, style, children } };
}

/** A group shows that one of many has failed, though the others go on. */
const URGENT: readonly Condition[] = ['stuck', 'failed', ...CONDITIONS.filter((one) => !isBad(one))];

/** `1 stuck, 27 idle`, the most urgent first. */
function countsText(members: readonly Sibling[]): string {
  const counts = URGENT.flatMap((condition) => {
    const count = members.filter((member) => member.condition === condition).length;
    return count === 0 ? [] : [`${count} ${conditionText(l10n.t, condition)}`];
  });
  return counts.join(', ');
}

function mostUrgent(members: readonly Sibling[]): Condition {
  return URGENT.find((condition) => members.some((member) => member.condition === condition)) ?? 'ended';
}

function byCondition(siblings: readonly Sibling[], place: Place): NodeSpec[] {
  if (siblings.length <= MOST_SIBLINGS) return siblings.map((s) => s.spec);
  return CONDITIONS.flatMap((condition) => {
    const members = siblings.filter((s) => s.condition === condition);
    return members.length > 0 ? [conditionGroup(condition, members, place)] : [];
  });
}

function conditionGroup(condition: Condition, members: readonly Sibling[], { dir, owner }: Place): NodeSpec {
  const label = conditionTitle(l10n.t, condition);
  const count = members.reduce((sum, member) => sum + member.count, 0);
  const hasProcess = members.some(({ kind }) => kind === 'process');
  const style: RowStyle = {
    ...plainStyle,
    label,
    description: String(count),
    icon: conditionIcon(condition),
    context: !hasProcess ? 'threads' : isOver(condition) ? 'group.ended' : 'group.live',
    accessible: l10n.t('{0}: {1}', label, count),
    expand: condition === 'stuck' ? 'expanded' : 'collapsed',
    mark: condition === 'stuck' ? 'alarm' : isOver(condition) || condition === 'untraced' ? 'faded' : 'none',
  };
  const id = `${dir}|${owner}|group|${condition}`;
  return { id, dir, target: { kind: 'group' }, style, children: members.map((s) => s.spec) };
}

const plainStyle = { expand: 'collapsed', site: null } as const;
