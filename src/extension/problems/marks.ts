import * as l10n from '@vscode/l10n';
import type { CallSite, Finding, FindingKind, FindingSite } from '../../model/types/index.ts';
import { roleText } from '../../model/words/index.ts';
import { placeKey } from '../inspect/inspection.ts';

/** A line that plays a part in a finding, with what happens there. */
export interface MarkedPlace {
  readonly site: Pick<CallSite, 'file' | 'line' | 'column'>;
  readonly text: string;
}

/** What an editor shows at one line: a finding, and the other lines that it is about. */
export interface Mark {
  readonly site: MarkedPlace['site'];
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** Id of the finding. */
  readonly finding: string;
  readonly kind: FindingKind;
  readonly related: readonly MarkedPlace[];
}

/**
 * Marks of a finding at each line that waits; of one without such lines at the first that it is about.
 * @param nameOf words for the id of a process
 */
export function marksOf(finding: Finding, nameOf: (process: string) => string): Mark[] {
  const places = placesOf(finding, nameOf);
  const waits = new Set(finding.chain.flatMap(({ site }) => (site ? [placeKey(site)] : [])));
  const own = [...places].filter(([key]) => waits.has(key));
  const shown = own.length > 0 ? own : [...places].slice(0, 1);
  return shown.map(([key, { site, text }]) => ({
    site,
    severity: severityOf(finding),
    message: [finding.title, text, l10n.t('How to mend it: {0}', finding.fix)].join('\n'),
    finding: finding.id,
    kind: finding.kind,
    related: [...places].flatMap(([other, place]) => (other === key ? [] : [place])),
  }));
}

/** The program stands still, and that is proven; it may stand still, or has lost something; it has done no harm yet. */
function severityOf({ blocking, certainty }: Finding): Mark['severity'] {
  if (blocking && certainty === 'certain') return 'error';
  return blocking || certainty === 'certain' ? 'warning' : 'information';
}

/** By line and column, waits first: two processes may wait at the same line. */
function placesOf(finding: Finding, nameOf: (process: string) => string): Map<string, MarkedPlace> {
  const waits = finding.chain.flatMap(({ site, text }) => (site ? [{ site, text }] : []));
  const others = finding.sites.map((site) => ({ site, text: roleAt(site, nameOf) }));
  const told = new Set(waits.map(({ site }) => placeKey(site)));
  const places = new Map<string, MarkedPlace>();
  for (const place of [...waits, ...others.filter(({ site }) => !told.has(placeKey(site)))]) {
    const { file, line, column } = place.site;
    const key = placeKey(place.site);
    const known = places.get(key);
    const text = known === undefined ? place.text : `${known.text}\n${place.text}`;
    places.set(key, { site: { file, line, column }, text });
  }
  return places;
}

function roleAt(site: FindingSite, nameOf: (process: string) => string): string {
  return roleText(l10n.t, site.role, nameOf(site.process));
}

/** Of sessions in the order in which they began, those that no later one of the same program has taken the place of. */
export function latestRuns<S extends { readonly name: string; readonly script: string | undefined }>(
  sessions: readonly S[],
): S[] {
  const last = new Map(sessions.map((session) => [programOf(session), session]));
  return sessions.filter((session) => last.get(programOf(session)) === session);
}

function programOf({ name, script }: { readonly name: string; readonly script: string | undefined }): string {
  // A debug configuration need not name a script: its own name is all that tells programs apart then.
  return script || `name:${name}`;
}
