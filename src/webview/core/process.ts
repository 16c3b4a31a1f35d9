import { t } from '@vscode/l10n';
import type { ProcessView } from '../../model/types/index.ts';

/** How a process ended, in words: `exit 0`, `SIGKILL`. */
export function endText(process: ProcessView): string {
  if (process.signal !== null) return process.signal;
  return process.exitCode === null ? t('ended') : t('exit {0}', process.exitCode);
}
