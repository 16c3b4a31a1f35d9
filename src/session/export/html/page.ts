import { createHash } from 'node:crypto';
import { count, duration } from '../../../base/units.ts';
import type { Report } from '../../../model/index.ts';
import { english, Labels } from '../../../model/words/index.ts';
import { findingsSection } from './findings.ts';
import { timelineSection } from './lanes.ts';
import { html, Markup, short } from './markup.ts';
import type { Scene } from './scene.ts';
import { STYLE } from './style.ts';
import { channelsSection, locksSection, lossSection, processesSection } from './tables.ts';

/**
 * A report as one page that works from disk and loads nothing: it has no script, and its policy allows none.
 * @param model has the slices of the report's threads
 */
export function pageOf(report: Report, model: Scene['model']): string {
  const stuck = new Set(report.findings.flatMap(({ blocking, processes }) => (blocking ? processes : [])));
  const scene: Scene = { report, model, stuck, labels: new Labels(english, report) };
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const name = titleOf(report);
  return html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>${name} – Forkscope</title><style>${new Markup(STYLE)}</style></head>
<body><header><h1>${name}</h1>${summary(report)}</header>
<main>${findingsSection(scene)}${processesSection(scene)}${timelineSection(scene)}${channelsSection(scene)}${locksSection(scene)}${lossSection(scene)}</main>
</body></html>
`.text;
}

function titleOf({ processes }: Report): string {
  return short(processes.find(({ parent }) => parent === null)?.name ?? 'Trace', 100);
}

function summary({ session, duration: lasted, ended, processes, findings }: Report): Markup {
  const { wallClock, argv, cwd } = session;
  const certain = findings.filter(({ certainty }) => certainty === 'certain').length;
  const when = wallClock > 0 && wallClock < 8e15 ? `${new Date(wallClock).toISOString()} · ` : '';
  return html`<p class="dim">${when}${duration(lasted)}${ended ? '' : ' so far'} · processes: ${count(processes.length)} · findings: ${count(findings.length)}${certain > 0 ? html`, <span class="bad">certain: ${certain}</span>` : ''}</p>
${argv.length === 0 ? '' : html`<details><summary class="dim">Command</summary><p><code>${short(argv.join(' '), 1000)}</code></p>${cwd === '' ? '' : html`<p>in <code>${short(cwd, 1000)}</code></p>`}</details>`}`;
}
