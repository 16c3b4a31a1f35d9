import * as l10n from '@vscode/l10n';
import type {
  CallSite,
  ChainLink,
  Finding,
  ProofMember,
  ProofNeed,
  SiteRole,
  StackFrame,
} from '../../model/types/index.ts';
import { certaintyText, frameText, placeText, roleText } from '../../model/words/index.ts';
import type {
  InspectedFrame,
  InspectedLink,
  InspectedMember,
  InspectedSite,
  Inspection,
} from '../../protocol/inspector.ts';
import { duration } from '../tree/format.ts';
import { siteText } from '../tree/tooltip.ts';

/** How far a session has come: `lastTime`, ns since its origin, is the time until which open waits have lasted. */
export interface TimeReached {
  readonly lastTime: number;
  readonly live: boolean;
}

export interface InspectedSession extends TimeReached {
  readonly dir: string;
  process(id: string): string;
  /** `worker-1`, `thread resizer of worker-1`. */
  thread(id: string): string;
}

/** A finding made ready to be read: every text in the user's language, every line with what happens there. */
export function inspectionOf(finding: Finding, around: InspectedSession): Inspection {
  const links = finding.chain.map((link) => inspectLink(link, around));
  const shown = links.flatMap(({ waits, causes }) => [waits, ...causes]).map((s) => s && placeKey(s.site));
  return {
    dir: around.dir,
    finding: finding.id,
    title: finding.title,
    certain: finding.certainty === 'certain',
    certainty: certaintyText(l10n.t, finding.certainty),
    over: overText(around),
    links,
    others: finding.sites
      .filter((site) => !shown.includes(placeKey(site)))
      .map((site) => inspectSite(site, site.role, roleText(l10n.t, site.role, around.process(site.process)))),
    explanation: finding.explanation,
    fix: finding.fix,
    proof: finding.proof?.members.map((member) => inspectMember(member, around)) ?? [],
    words: {
      chain: l10n.t('Who waits for whom'),
      why: l10n.t('Why this is reported'),
      fix: l10n.t('How to mend it'),
      proof: l10n.t('Proof: why nothing that is alive can end it'),
      show: l10n.t('Show both lines'),
      copy: l10n.t('Copy as Text'),
      stacks: l10n.t('Show Stacks'),
      timeline: l10n.t('Open Timeline'),
    },
  };
}

/**
 * The same inspection at a later time: how long its waits have lasted by then, or that they are over.
 * @param finding as the last update has it; `undefined`: the update has none with this id
 */
export function later(inspection: Inspection, finding: Finding | undefined, now: TimeReached): Inspection {
  const ended = overText(now);
  if (finding === undefined)
    return { ...inspection, over: ended || l10n.t('This is over: the program goes on.') };
  const links = inspection.links.map((link, i) => {
    const wait = finding.chain[i];
    return wait === undefined ? link : { ...link, since: lasted(wait, now) };
  });
  return { ...inspection, links, over: ended };
}

/** Does the finding say something else than the inspection: another certainty, or another text of a link? */
export function differs({ certain, links }: Inspection, { certainty, chain }: Finding): boolean {
  return certain !== (certainty === 'certain') || links.some(({ text }, i) => text !== chain[i]?.text);
}

function overText({ live }: TimeReached): string {
  return live ? '' : l10n.t('The program has ended.');
}

function lasted({ since }: ChainLink, { lastTime }: TimeReached): string {
  return l10n.t('for {0}', duration(Math.max(0, lastTime - since)));
}

function inspectLink(link: ChainLink, around: InspectedSession): InspectedLink {
  const who = around.process(link.process);
  return {
    text: link.text,
    since: lasted(link, around),
    waits: link.site ? inspectSite(link.site, 'waits', roleText(l10n.t, 'waits', who)) : null,
    causes: link.blockedBy.flatMap(({ site, process: processId }) =>
      site ? [inspectSite(site, 'acquired', roleText(l10n.t, 'acquired', around.process(processId)))] : [],
    ),
  };
}

function inspectMember({ thread, stands, needs }: ProofMember, around: InspectedSession): InspectedMember {
  const who = around.thread(thread);
  return {
    text:
      stands === 'sync'
        ? l10n.t('{0} stands in a synchronous call, and goes on only by:', who)
        : l10n.t('{0} rests, and goes on only by:', who),
    needs: needs.map(inspectNeed),
  };
}

function inspectNeed({ text, site }: ProofNeed): InspectedMember['needs'][number] {
  if (site === null) return { text, site };
  const { file, line, column, fn, sampled, frames } = site;
  return { text, site: { site: { file, line, column, fn, sampled, frames }, text: placeText(site) } };
}

function inspectSite(site: CallSite, role: SiteRole, text: string): InspectedSite {
  const { file, line, column, fn, sampled, frames } = site;
  const seen = sampled ? ` ${siteText(site)}` : '';
  return {
    site: { file, line, column, fn, sampled, frames },
    role,
    place: placeText(site),
    text: text + seen,
    stack: frames.length < 2 ? [] : frames.map((frame) => inspectFrame(site, frame)),
  };
}

function inspectFrame(site: CallSite, frame: StackFrame): InspectedFrame {
  const { file, line, column, fn } = frame;
  return { site: { file, line, column, fn, sampled: site.sampled, frames: [] }, text: frameText(frame) };
}

/** Equal for sites at the same place, whatever led there. */
export function placeKey({ file, line, column }: Pick<CallSite, 'file' | 'line' | 'column'>): string {
  return `${file}:${line}:${column}`;
}

/** All lines of an inspection with what happens there. */
export function inspectedSites(inspection: Inspection): InspectedSite[] {
  const { links, others } = inspection;
  return [...links.flatMap(({ waits, causes }) => (waits ? [waits, ...causes] : causes)), ...others];
}

/** The inspection as plain text, for a bug report. */
export function inspectionText(inspection: Inspection): string {
  const { title, certainty, over, links, others, explanation, fix, proof, words } = inspection;
  const full = ({ site, text, stack }: InspectedSite) => [
    `     ${site.file}:${site.line}:${site.column}  ${text}`,
    ...stack.map((frame) => `       ${frame.text}`),
  ];
  return [
    `${title} (${certainty})`,
    ...(over === '' ? [] : [over]),
    '',
    `${words.chain}:`,
    ...links.flatMap((link, i) => [
      `  ${i + 1}. ${link.text} ${link.since}`,
      ...(link.waits ? full(link.waits) : []),
      ...link.causes.flatMap(full),
    ]),
    ...others.flatMap(full),
    '',
    `${words.why}: ${explanation}`,
    `${words.fix}: ${fix}`,
    ...(proof.length === 0 ? [] : ['', `${words.proof}`]),
    ...proof.flatMap((member) => [
      `  ${member.text}`,
      ...member.needs.map(({ text, site }) => `    • ${text}${site ? ` (${site.text})` : ''}`),
    ]),
    '',
  ].join('\n');
}
