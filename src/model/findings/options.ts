import { FINDING_KINDS, type FindingKind } from '../types/index.ts';
import { RULES } from './rules/index.ts';

/** Which findings are looked for, and by which numbers. */
export interface FindingOptions {
  /** Kinds that are switched off. */
  readonly disabled: ReadonlySet<FindingKind>;
  /** `KIND.name` → value in the threshold's own unit, where it is not the default. */
  readonly thresholds: ReadonlyMap<string, number>;
}
export const DEFAULT_FINDING_OPTIONS: FindingOptions = { disabled: new Set(), thresholds: new Map() };

/** A kind or a threshold that does not exist, or a value that is none. `message` says what there is instead. */
export class FindingOptionError extends Error {}

/** @throws FindingOptionError where there is no such kind */
export function findingKind(text: string): FindingKind {
  const kind = FINDING_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new FindingOptionError(`there is no finding “${text}”; there are: ${FINDING_KINDS.join(', ')}`);
}

/**
 * Names that `name` stands for: itself, or where it has no kind (`suspectAfter`) that threshold of all rules that have it.
 * @throws FindingOptionError where there is no such threshold, or `value` is not a number from 0 on
 */
export function thresholdsOf(name: string, value: unknown): [string, number][] {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new FindingOptionError(
      `“${String(value)}” is not a value for ${name}: it must be a number from 0 on`,
    );
  const known = RULES.flatMap(({ kind, thresholds }) =>
    Object.keys(thresholds).map((own) => `${kind}.${own}`),
  );
  const meant = known.filter((full) => full === name || full.endsWith(`.${name}`));
  if (meant.length > 0) return meant.map((full) => [full, value]);
  const [kind = ''] = name.split('.');
  const own = known.filter((full) => full.startsWith(`${kind}.`));
  throw new FindingOptionError(
    own.length > 0
      ? `${kind} has no threshold “${name.slice(kind.length + 1)}”; it has: ${own.join(', ')}`
      : `there is no threshold “${name}”; write KIND.NAME, or suspectAfter for all kinds`,
  );
}

/**
 * The options that a user has given, for all commands and for the editor.
 * @param thresholds `KIND.name`, or `name` for all rules that have it → number; of two that say the same the later one counts
 * @throws FindingOptionError for what does not exist
 */
export function findingOptions(
  disabled: readonly string[],
  thresholds: Readonly<Record<string, unknown>>,
): FindingOptions {
  return {
    disabled: new Set(disabled.map(findingKind)),
    thresholds: new Map(Object.entries(thresholds).flatMap(([name, value]) => thresholdsOf(name, value))),
  };
}
