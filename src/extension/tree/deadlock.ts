import * as l10n from '@vscode/l10n';
import type { Finding, FindingKind } from '../../model/types/index.ts';

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
export function hangName(finding: Finding): string {
  if (finding.certainty !== 'certain') return l10n.t('Suspected hang');
  return CIRCLES.includes(finding.kind) ? l10n.t('Deadlock') : l10n.t('Hang');
}

/** The same for who is in it. */
export function stuckText(finding: Finding | undefined): string {
  return finding && CIRCLES.includes(finding.kind) ? l10n.t('Deadlocked') : l10n.t('Stuck');
}
