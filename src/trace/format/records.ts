import { OUTCOMES, type Outcome } from '../../base/channels.ts';
import type { DefinitionId, Ns, SiteId, Slot } from '../../base/quantities.ts';
import { type Group, KINDS, type KindSpec } from './kinds.ts';

/**
 * A record is 32 bytes, little-endian:
 *
 * | offset | type | field    | meaning                                                              |
 * |-------:|------|----------|----------------------------------------------------------------------|
 * |      0 | f64  | time     | nanoseconds since the session's origin                               |
 * |      8 | u8   | kind     | what has happened, and what the other fields mean: see the kinds     |
 * |      9 | u8   | flags    | see the flags                                                        |
 * |     10 | u16  | task     | async task of the thread, 0: none                                    |
 * |     12 | u32  | resource | id of a definition of this stream, 0: none                           |
 * |     16 | u32  | site     | id of a call site of this stream, 0: unknown                         |
 * |     20 | u32  | n        | by kind                                                              |
 * |     24 | u32  | value    | by kind                                                              |
 * |     28 | u32  | check    | hash of the 28 bytes before and of the slot index, stored last       |
 */
export const RECORD_SIZE = 32;

type Kinds = typeof KINDS;
export type KindName = keyof Kinds;
/** Names of the kinds of a group. */
export type KindNameOf<G extends Group> = {
  [K in KindName]: Kinds[K]['group'] extends G ? K : never;
}[KindName];
/** Numbers of the kinds of a group. */
export type KindOf<G extends Group> = Kinds[KindNameOf<G>]['number'];
/** The number of any kind that this version knows. */
export type Kind = KindOf<Group>;
/** Names of the kinds that begin a wait. */
export type WaitKind = KindNameOf<'wait'>;

const ENTRIES = Object.entries<KindSpec>(KINDS) as [KindName, KindSpec][];

/** The numbers of the record kinds; what they mean: {@link KINDS}. */
export const KIND = Object.fromEntries(ENTRIES.map(([name, { number }]) => [name, number])) as {
  readonly [K in KindName]: Kinds[K]['number'];
};

/** One more than the largest number that `kind` can have. */
const KIND_LIMIT = 256;

/** Puts a value for each kind (of some groups) where the kind's number finds it. Compiles only when no kind is missing. */
export function byNumber<V, G extends Group = Group>(
  table: { readonly [K in KindNameOf<G>]: V },
): readonly (V | undefined)[] {
  const values = new Array<V | undefined>(KIND_LIMIT).fill(undefined);
  for (const name of Object.keys(table) as KindNameOf<G>[]) values[KINDS[name].number] = table[name];
  return values;
}

/** Names of the kinds by number; `undefined`: a number that this version does not know. */
export const KIND_NAMES = new Array<KindName | undefined>(KIND_LIMIT).fill(undefined);
/** Their groups by number. */
export const KIND_GROUPS = new Array<Group | undefined>(KIND_LIMIT).fill(undefined);
for (const [name, { number, group }] of ENTRIES) {
  KIND_NAMES[number] = name;
  KIND_GROUPS[number] = group;
}

/** What a thread's track shows during each kind of wait. */
export const WAIT_TRACKS = Object.fromEntries(
  ENTRIES.flatMap(([name, { track }]) => (track === undefined ? [] : [[name, track]])),
) as { readonly [K in WaitKind]: Kinds[K]['track'] };

/** True for a kind that this version knows; others are of a later minor version. */
export function isKnown(kind: number): kind is Kind {
  return KIND_GROUPS[kind] !== undefined;
}

/** True for the kinds that begin a wait. */
export function isWait(kind: number): kind is KindOf<'wait'> {
  return KIND_GROUPS[kind] === 'wait';
}

/** Bits of `flags`. Bits 2–4 hold the outcome's index in `OUTCOMES`. The meaning of 0x40 depends on the kind. */
export const FLAG = {
  /** The synchronous form: the whole thread stands still. */
  sync: 0x01,
  /** A timeout is armed that ends the wait by itself: `value` ms. 0: an AbortSignal may end it, nobody knows when. */
  timeout: 0x02,
  /** How the wait has ended. */
  outcomeMask: 0x1c,
  /** The call site was taken earlier in this channel and is repeated here ("last seen at"). */
  sampledSite: 0x20,
  /** Of a child's end: it ended by the signal whose number is the value. */
  signal: 0x40,
  /** Of send and receive at a stdio pipe: the sum of several chunks, recorded after the last of them. */
  summed: 0x40,
  /** Of an acquisition: others may have the lock at the same time in the same way. */
  shared: 0x40,
  /** Of counters: what was received; without it what was sent, or acquired. */
  receiving: 0x40,
  /** Part of the checkpoint that opens a segment: repeats an earlier record with its own time. */
  checkpoint: 0x80,
} as const;
const OUTCOME_SHIFT = 2;

export function outcomeToFlags(outcome: Outcome): number {
  return OUTCOMES.indexOf(outcome) << OUTCOME_SHIFT;
}
export function outcomeOf(flags: number): Outcome {
  return OUTCOMES[(flags & FLAG.outcomeMask) >> OUTCOME_SHIFT] ?? 'ok';
}

/** Stands for the position of a message in a channel whose messages have none. */
export const NO_POSITION = 0xffffffff;

/** Stands for a figure that the system does not tell. */
export const NOT_TOLD = 0xffffffff;

/** What a handle may do (`create`, `open`, `close`). */
export const ROLE = { read: 1, write: 2 } as const;

/** One decoded record. */
export interface TraceRecord {
  time: Ns;
  kind: Kind;
  flags: number;
  /** Async task of the thread, 0: none. */
  task: number;
  /** Id of a definition of its stream, of which sort the kind says; 0: none. */
  resource: DefinitionId;
  site: SiteId;
  /** By kind, as `value`: see {@link KINDS}. */
  n: number;
  value: number;
  /** Its place in its stream. */
  slot: Slot;
}
