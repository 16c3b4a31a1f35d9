import { type Answers, REPORT_VERSION, type Report } from '../types/index.ts';

/**
 * The report of a model as of a session time: its views as they are, ready for `JSON.stringify`.
 * @param now ns since the session's start; the latest time fed by default
 */
export function makeReport(model: Answers, now?: number): Report {
  return {
    version: REPORT_VERSION,
    duration: Math.round(model.end ?? model.lastTime),
    ended: model.end !== null,
    session: model.session,
    processes: model.processes(),
    channels: model.channels(),
    resources: model.resources(),
    findings: model.findings(now),
    ...model.loss(),
  };
}
