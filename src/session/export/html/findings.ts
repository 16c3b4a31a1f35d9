import { duration } from '../../../base/units.ts';
import type { CallSite, Finding, FindingSite, Proof, ProofFeeder, ProofNeed } from '../../../model/index.ts';
import { certaintyText, english, type Labels, roleText } from '../../../model/words/index.ts';
import { html, type Markup, moreText, short } from './markup.ts';
import type { Scene } from './scene.ts';

const MOST_FINDINGS = 200;
/** Of each list of a finding. */
const MOST_ROWS = 40;
const LONGEST = 4000;

/** Every finding with its chain of waits, its places with their stacks, and its proof. */
export function findingsSection({ report, labels }: Scene): Markup {
  const { findings } = report;
  const shown = findings.slice(0, MOST_FINDINGS).map((finding, i) => article(finding, i + 1, labels));
  return html`<section><h2 id="findings">Findings</h2>
${findings.length === 0 ? html`<p class="good">Nothing was found.</p>` : shown}
<p class="dim">${moreText(findings.length - shown.length)}</p></section>`;
}

function article(finding: Finding, number: number, labels: Labels): Markup {
  const { kind, certainty, blocking, title, explanation, fix, time, chain, sites, proof } = finding;
  const links = chain.slice(0, MOST_ROWS).map(({ text }) => html`<li>${short(text, LONGEST)}</li>`);
  return html`<article id="finding-${number}" class="${certainty}" aria-labelledby="title-${number}">
<p class="dim"><code>${kind}</code> · <span class="${certainty === 'certain' ? 'bad' : 'warn'}">${certaintyText(english, certainty)}</span>${blocking ? '' : ' · not blocking'} · at ${duration(time)}</p>
<h3 id="title-${number}">${short(title, LONGEST)}</h3>
${chain.length === 0 ? '' : html`<h4>Who waits for whom</h4><ol>${links}</ol><p class="dim">${moreText(chain.length - links.length)}</p>`}
${sites.length === 0 ? '' : placesOf(sites, labels)}
<h4>Why</h4><p>${short(explanation, LONGEST)}</p><h4>Fix</h4><p>${short(fix, LONGEST)}</p>
${proof === null ? '' : proofOf(proof, labels)}</article>`;
}

function placesOf(sites: readonly FindingSite[], labels: Labels): Markup {
  const rows = sites.slice(0, MOST_ROWS).map((site) => {
    const who = roleText(english, site.role, labels.thread(site.thread));
    return html`<li>${who}: ${place(site)}</li>`;
  });
  return html`<h4>Places</h4><ul>${rows}</ul><p class="dim">${moreText(sites.length - rows.length)}</p>`;
}

/** A place in the source, which opens to its stack where there is more than one frame. */
function place(site: CallSite): Markup {
  const at = html`<code>${placeWords(site)}</code>${site.sampled ? ' (last seen at)' : ''}`;
  if (site.frames.length < 2) return at;
  const frames = site.frames.map(
    (frame) =>
      html`<li><code>${frame.async ? 'async ' : ''}${short(frame.package || frame.fn || '<anonymous>')} ${placeWords(frame)}</code></li>`,
  );
  return html`<details><summary>${at}</summary><ol>${frames}</ol></details>`;
}

function placeWords({ file, line, column }: Pick<CallSite, 'file' | 'line' | 'column'>): string {
  return `${short(file, 400)}:${line}:${column}`;
}

function proofOf({ time, members }: Proof, labels: Labels): Markup {
  const rows = members.slice(0, MOST_ROWS).map(({ thread, stands, since, needs }) => {
    const how = stands === 'sync' ? 'stands in a synchronous call' : 'rests';
    const shown = needs.slice(0, MOST_ROWS).map((need) => needOf(need, labels));
    return html`<li><span class="n">${short(labels.thread(thread))}</span> ${how} since ${duration(since)}, and goes on only by: <ul>${shown}</ul><p class="dim">${moreText(needs.length - shown.length)}</p></li>`;
  });
  return html`<details><summary>Proof: why nothing that is alive can end it</summary>
<p>As of ${duration(time)}, none of these can go on before another one of them does:</p>
<ul>${rows}</ul><p class="dim">${moreText(members.length - rows.length)}</p></details>`;
}

function needOf({ text, site, feeders }: ProofNeed, labels: Labels): Markup {
  const shown = feeders.slice(0, MOST_ROWS);
  const who = shown.map((feeder) => feederText(feeder, labels)).join(', ');
  const more = moreText(feeders.length - shown.length);
  return html`<li>${short(text, LONGEST)}${site === null ? '' : html` at <code>${placeWords(site)}</code>`}: ${who === '' ? 'nobody could' : `only ${who} could ${more}`}</li>`;
}

function feederText({ thread, why }: ProofFeeder, labels: Labels): string {
  return `${short(labels.thread(thread))} (${why === 'stuck' ? 'in this proof' : 'has ended'})`;
}
