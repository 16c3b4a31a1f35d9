import { bytes, count, duration } from '../../../base/units.ts';
import { type ChannelView, hasFailed, isUsed, type ProcessView, treeRows } from '../../../model/index.ts';
import { conditionOf, english, listText, processText, siteText } from '../../../model/words/index.ts';
import { type Content, html, type Markup, moreText, short } from './markup.ts';
import type { Scene } from './scene.ts';

const MOST_ROWS = 1000;

/** Columns of numbers, by their heads. */
const NUMBERS = new Set([
  'Pid',
  'Lived',
  'CPU',
  'Memory',
  'Sent',
  'Received',
  'Not received',
  'Size',
  'Latency',
  'Taken',
  'Waited',
  'Waited in all',
]);

interface Table {
  readonly id: string;
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly Content[];
  /** Rows that are not there. */
  readonly left: number;
}

function tableSection({ id, title, heads, rows, left }: Table): Markup {
  if (rows.length === 0) return html``;
  return html`<section><h2 id="${id}">${title}</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table><thead><tr>${heads.map((head) => html`<th scope="col"${NUMBERS.has(head) ? html` class="r"` : ''}>${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div><p class="dim">${moreText(left)}</p></section>`;
}

/** Who started whom, what each did at the end, and how it ended. */
export function processesSection(scene: Scene): Markup {
  const { report } = scene;
  const all = treeRows(report.processes);
  const rows = all.slice(0, MOST_ROWS).map(({ prefix, process }) => processRow(prefix, process, scene));
  return tableSection({
    id: 'processes',
    title: 'Processes',
    heads: ['Process', 'Pid', 'State', 'Lived', 'CPU', 'Memory'],
    rows,
    left: report.processes.length - rows.length,
  });
}

function processRow(prefix: string, process: ProcessView, { report, labels, stuck }: Scene): Markup {
  const moment = { live: !report.ended, now: report.duration };
  const condition = conditionOf(process, stuck.has(process.id), moment);
  const bad = condition === 'stuck' || hasFailed(process);
  const [main, ...workers] = process.threads;
  const remarks = [main?.error, main?.lastState, process.reason].filter((text) => text);
  const cpu = process.cpu === null ? '' : `${Math.round(process.cpu)} %`;
  return html`<tr><th scope="row"><span class="tree" aria-hidden="true">${prefix}</span><span class="n">${short(process.name)}</span>${aboutProcess(process, workers.length)}</th>
<td class="r">${process.pid}</td><td><span class="${bad ? 'bad' : 'w'}">${short(processText(english, process, condition, labels, moment))}</span>${remarks.map((text) => html`<br><span class="dim">${short(text ?? '', 400)}</span>`)}</td>
<td class="r">${duration((process.end ?? report.duration) - process.start)}</td><td class="r">${cpu}</td><td class="r">${process.memory === null ? '' : bytes(process.memory)}</td></tr>`;
}

function aboutProcess({ argv, threads }: ProcessView, workers: number): Content {
  const [, ...others] = threads;
  const names = listText(
    english,
    others.map(({ name }) => name),
    20,
  );
  if (argv.length === 0 && workers === 0) return '';
  return html`<details><summary class="dim">more</summary>${argv.length === 0 ? '' : html`<p><code>${short(argv.join(' '), 400)}</code></p>`}${workers === 0 ? '' : html`<p>Worker threads: ${short(names, 400)}</p>`}</details>`;
}

/** What went over each channel that was used. */
export function channelsSection({ report, labels }: Scene): Markup {
  const used = report.channels.filter(isUsed);
  const ends = (ids: readonly string[]): string =>
    listText(
      english,
      ids.map((id) => labels.process(id)),
    );
  const rows = used.slice(0, MOST_ROWS).map(
    (channel) =>
      html`<tr><th scope="row"><span class="n">${short(labels.resource(channel.id))}</span></th><td>${short(ends(channel.from)) || '?'} → ${short(ends(channel.to)) || '?'}</td>
<td class="r">${amount(channel, channel.sent)}</td><td class="r">${amount(channel, channel.received)}</td><td class="r">${amount(channel, channel.depth)}</td>
<td class="r">${channel.bytes === null ? '' : `${channel.connection === null ? '' : '≥ '}${bytes(channel.bytes)}`}</td><td class="r">${channel.latencyNs === null ? '' : duration(channel.latencyNs)}</td><td><code>${siteText(english, channel.site)}</code></td></tr>`,
  );
  return tableSection({
    id: 'channels',
    title: 'Channels',
    heads: ['Channel', 'From → to', 'Sent', 'Received', 'Not received', 'Size', 'Latency', 'Made at'],
    rows,
    left: used.length - rows.length,
  });
}

function amount({ kind, exact }: ChannelView, value: number | null): string {
  if (value === null) return '';
  return `${exact ? '' : '≥ '}${kind === 'stdio' ? bytes(value) : count(value)}`;
}

/** Locks and whatever else was taken or waited for, the most waited for first. */
export function locksSection({ report, labels }: Scene): Markup {
  const used = report.resources
    .filter(({ acquisitions, contended, waiters }) => acquisitions > 0 || contended > 0 || waiters.length > 0)
    .sort((a, b) => b.waitNs - a.waitNs);
  const rows = used.slice(0, MOST_ROWS).map(
    ({ id, exact, acquisitions, contended, waitNs, holders, waiters, site }) =>
      html`<tr><th scope="row"><span class="n">${short(labels.resource(id))}</span></th><td class="r">${exact ? '' : '≥ '}${count(acquisitions)}</td><td class="r">${count(contended)}</td><td class="r">${duration(waitNs)}</td>
<td>${short(
        listText(
          english,
          holders.map(({ thread }) => labels.thread(thread)),
        ),
      )}</td><td>${short(
        listText(
          english,
          waiters.map(({ thread }) => labels.thread(thread)),
        ),
      )}</td><td><code>${siteText(english, site)}</code></td></tr>`,
  );
  return tableSection({
    id: 'locks',
    title: 'Locks',
    heads: ['Lock', 'Taken', 'Waited', 'Waited in all', 'Held by', 'Waited for by', 'Made at'],
    rows,
    left: used.length - rows.length,
  });
}

/** What is missing in the trace. */
export function lossSection({ report, labels }: Scene): Markup {
  const { exact, problems } = report;
  const shown = problems.slice(0, 50);
  if (exact && problems.length === 0) return html``;
  return html`<section><h2 id="loss">What is missing</h2>
${exact ? '' : html`<p class="warn">The trace is not complete: counts marked ≥ are lower bounds.</p>`}
<ul>${shown.map(({ process, message, code }) => html`<li>${process === null ? '' : `${short(labels.process(process))}: `}${short(message, 400)} <code>${code}</code></li>`)}</ul>
<p class="dim">${moreText(problems.length - shown.length)}</p></section>`;
}
