/**
 * A moment: ns since the session's start.
 * @asType integer
 */
export type Time = number;

/**
 * A length of time, ns.
 * @asType integer
 * @minimum 0
 */
export type Duration = number;

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
export type ByteCount = number;
