import * as l10n from '@vscode/l10n';
import type { Finding } from '../../model/types/index.ts';
import { countText, hangText } from '../../model/words/index.ts';
import type { SessionUpdate } from '../../protocol/session.ts';
import type { KnownSession } from '../sessions/entry.ts';
import { shortName } from '../tree/format.ts';

/** What badge, status bar and context keys say about all sessions together. */
export interface Summary {
  readonly live: boolean;
  readonly hasSessions: boolean;
  readonly hasEnded: boolean;
  readonly hasFindings: boolean;
  /** Findings that block, certain ones first, those of the current session before others. */
  readonly blocking: readonly { readonly session: KnownSession; readonly finding: Finding }[];
}

export function summarize(sessions: readonly KnownSession[], current: string | undefined): Summary {
  const findings = (session: KnownSession) => session.reader?.lastUpdate?.findings ?? [];
  const blocking = sessions
    .flatMap((session) =>
      findings(session)
        .filter((f) => f.blocking)
        .map((finding) => ({ session, finding })),
    )
    .sort((a, b) => rank(a) - rank(b));
  function rank({ session, finding }: { session: KnownSession; finding: Finding }): number {
    return (session.dir === current ? 0 : 2) + (finding.certainty === 'certain' ? 0 : 1);
  }
  return {
    live: sessions.some((s) => s.live),
    hasSessions: sessions.length > 0,
    hasEnded: sessions.some((s) => !s.live),
    hasFindings: sessions.some((s) => findings(s).length > 0),
    blocking,
  };
}

/** What the status bar item shows. */
export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly alarm: boolean;
}

/** The most urgent finding that blocks, else what runs; `undefined`: neither, and the item is hidden. */
export function statusText(summary: Summary, sessions: readonly KnownSession[]): StatusText | undefined {
  const [first] = summary.blocking;
  if (first) {
    const more = summary.blocking.length - 1;
    const { title, certainty } = first.finding;
    return {
      text: `$(error) ${hangText(l10n.t, first.finding)}${more > 0 ? ` +${more}` : ''}`,
      tooltip: `${first.session.name}: ${title}\n${l10n.t('Click to inspect.')}`,
      alarm: certainty === 'certain',
    };
  }
  const live = sessions.filter((s) => s.live);
  if (live.length === 0) return undefined;
  const names = live.map((s) => s.name).join(', ');
  return {
    text: `$(pulse) ${live.length === 1 ? shortName(names) : countText(l10n.t, live.length, 'session')}`,
    tooltip: l10n.t('Forkscope traces {0}. Click to see its processes.', names),
    alarm: false,
  };
}

/** The notification's sentence. */
export function notificationText(session: KnownSession, finding: Finding): string {
  return l10n.t('{0} in {1}: {2}', hangText(l10n.t, finding), session.name, finding.title);
}

/**
 * Findings that two updates in a row have, half a second apart: what is over by then, because a record came late, is not
 * worth an alarm. Of a session that has ended all are: nothing more will come.
 */
export class StillFound {
  private readonly before = new Map<
    string,
    { readonly update: SessionUpdate; readonly ids: ReadonlySet<string> }
  >();

  of(
    session: Pick<KnownSession, 'dir' | 'live' | 'reader'>,
    findings: readonly Finding[],
  ): readonly Finding[] {
    const update = session.reader?.lastUpdate;
    if (!update) return [];
    const before = this.before.get(session.dir);
    // Compared with itself, an update would seem to confirm all of its findings.
    if (before?.update === update) return [];
    this.before.set(session.dir, { update, ids: new Set(findings.map((f) => f.id)) });
    return session.live ? findings.filter((f) => before?.ids.has(f.id)) : findings;
  }
}
