import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Finding } from '../../model/types/index.ts';
import { Labels } from '../../model/words/index.ts';
import type { Inspection } from '../../protocol/inspector.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { inspectionOf } from './inspection.ts';
import type { InspectRequest } from './request.ts';

/**
 * A finding of a session as it is now, ready to be read.
 * @throws Error for people when the session or the finding is not there
 */
export async function readInspection(
  sessions: Pick<Sessions, 'get'>,
  request: InspectRequest,
): Promise<{ readonly finding: Finding; readonly inspection: Inspection }> {
  const session = sessions.get(request.dir);
  const finding = session?.lastUpdate?.findings.find((f) => f.id === request.finding);
  if (!session || !finding) throw new Error(vscode.l10n.t('This is not found in the session any more.'));
  const processes = await session.query('processes', {});
  const { lastTime = 0, live = false } = session.lastUpdate ?? {};
  const labels = new Labels(l10n.t, { processes, channels: [], resources: [] });
  const inspection = inspectionOf(finding, {
    dir: session.dir,
    lastTime,
    live,
    process: (id) => labels.process(id),
    thread: (id) => labels.thread(id),
  });
  return { finding, inspection };
}
