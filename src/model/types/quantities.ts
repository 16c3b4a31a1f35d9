import type { Bytes, Ns } from '../../base/quantities.ts';

/**
 * A moment: ns since the session's start.
 * @asType integer
 */
export type Time = Ns;

/**
 * A length of time, ns.
 * @asType integer
 * @minimum 0
 */
export type Duration = Ns;

/**
 * How many.
 * @asType integer
 * @minimum 0
 */
export type Count = number;

/**
 * A size, bytes.
 * @asType integer
 * @minimum 0
 */
export type ByteCount = Bytes;
