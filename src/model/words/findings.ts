import type { Finding, FindingKind, SiteRole } from '../types/index.ts';
import type { Translate } from './translate.ts';

const CERTAINTIES: Readonly<Record<Finding['certainty'], (t: Translate) => string>> = {
  certain: (t) => t('certain'),
  suspected: (t) => t('suspected'),
};

export function certaintyText(t: Translate, certainty: Finding['certainty']): string {
  return CERTAINTIES[certainty](t);
}

/** What somebody did at a place that a finding is about. */
const ROLES: Readonly<Record<SiteRole, (t: Translate, who: string) => string>> = {
  waits: (t, who) => t('{0} waits here', who),
  acquired: (t, who) => t('{0} took it here', who),
  created: (t, who) => t('made here by {0}', who),
  started: (t, who) => t('started here by {0}', who),
  sent: (t, who) => t('{0} sent here', who),
  ended: (t, who) => t('{0} ended here', who),
};

/** `worker-1 took it here`. */
export function roleText(t: Translate, role: SiteRole, who: string): string {
  return ROLES[role](t, who);
}

/** Members that wait for each other in a circle; other hangs wait for somebody who is gone or does not care. */
const CIRCLES: readonly FindingKind[] = [
  'lock-cycle',
  'self-deadlock',
  'join-before-drain',
  'exit-join-before-drain',
  'pipe-both-full',
  'pipe-both-receiving',
  'sync-spawn-cycle',
  'pool-starvation',
];

/** The word for a finding that blocks: a hang is called a deadlock only where it is one, and that is certain. */
export function hangText(t: Translate, { certainty, kind }: Finding): string {
  if (certainty !== 'certain') return t('Suspected hang');
  return CIRCLES.includes(kind) ? t('Deadlock') : t('Hang');
}

/** The same of who is in it, as a heading and within a row. */
export function stuckTitle(t: Translate, finding: Finding | undefined): string {
  return isCircle(finding) ? t('Deadlocked') : t('Stuck');
}
export function stuckText(t: Translate, finding: Finding | undefined): string {
  return isCircle(finding) ? t('deadlocked') : t('stuck');
}

function isCircle(finding: Finding | undefined): boolean {
  return finding !== undefined && CIRCLES.includes(finding.kind);
}
