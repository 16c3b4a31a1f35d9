import type { Outcome } from '../../base/channels.ts';
import type { SiteId } from '../../base/quantities.ts';
import type { FlagName, KINDS, KindSpec, Meanings, Subjects } from '../format/kinds.ts';
import { FLAG, type KindName, outcomeToFlags } from '../format/records.ts';

type Kinds = typeof KINDS;
/** The part of `Source` that a kind's entry names in `Property`. */
type Named<Source, K extends KindName, Property extends string> = Kinds[K] extends {
  readonly [P in Property]: infer Name extends keyof Source;
}
  ? Pick<Source, Name>
  : unknown;

/** Flags that are given by themselves: a wait's timeout is given by its length. */
type Switch = Exclude<FlagName, 'outcome'>;
type FlagsOf<K extends KindName> = Kinds[K] extends { readonly flags: readonly (infer Name)[] }
  ? {
      readonly [F in Name &
        (Kinds[K] extends { readonly value: 'timeoutMs' } ? Exclude<Switch, 'timeout'> : Switch)]?:
        | boolean
        | undefined;
    } & ('outcome' extends Name ? { readonly outcome?: Outcome } : unknown)
  : unknown;

interface Common {
  /** Async task of the thread; missing: none. */
  readonly task?: number;
  /** Where the program did it; missing: not known. */
  readonly site?: SiteId;
  /** The site was taken earlier in this channel. */
  readonly sampledSite?: boolean;
}

/** The fields of a record of this kind, by the names that its entry in `KINDS` gives them. */
export type Fields<K extends KindName> = Common &
  Named<Subjects, K, 'on'> &
  Named<Meanings, K, 'n'> &
  Named<Meanings, K, 'value'> &
  FlagsOf<K>;
/** Kinds whose records need no fields. */
export type BareKind = { [K in KindName]: object extends Fields<K> ? K : never }[KindName];

/** The fields of any record, as the writer looks them up. */
export type AnyFields = Common &
  Partial<Subjects & Meanings> & { readonly [F in Switch]?: boolean | undefined } & {
    readonly outcome?: Outcome;
  };

/** The byte `flags` of a record. */
export function flagsOf({ flags = [] }: KindSpec, fields: AnyFields): number {
  let bits = fields.sampledSite === true ? FLAG.sampledSite : 0;
  for (const name of flags) {
    if (name === 'outcome') bits |= outcomeToFlags(fields.outcome ?? 'ok');
    else if (fields[name] === true) bits |= FLAG[name];
    else if (name === 'timeout' && fields.timeoutMs !== undefined) bits |= FLAG.timeout;
  }
  return bits;
}
