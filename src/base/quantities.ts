/**
 * Kinds of numbers that must not be mixed. At run time each is a plain number. For the compiler a plain number fits all of
 * them (literals, and what is computed), but one of them never fits another: milliseconds passed as nanoseconds, the id of a
 * resource passed as that of a call site, do not compile.
 */
export type Quantity<Name extends string> = number & { readonly [quantity]?: Name };
declare const quantity: unique symbol;

/** A length of time, or a time since the session's origin, in nanoseconds. */
export type Ns = Quantity<'ns'>;
/** A length of time in milliseconds. */
export type Ms = Quantity<'ms'>;
/** A size in bytes, or an offset in bytes. */
export type Bytes = Quantity<'bytes'>;
/** A size in 32-bit words, or an index of such a word. */
export type Words = Quantity<'words'>;

/** Id of a `resource` definition; it means something in its own stream only. 0: none. */
export type ResourceId = Quantity<'resource'>;
/** Id of a `child` definition (a process or a worker thread); in its own stream only, in one space with {@link ResourceId}. 0: none. */
export type ChildId = Quantity<'child'>;
/** Id of a `sources` definition; in its own stream only, in one space with the ids of resources and children. 0: none. */
export type SourcesId = Quantity<'sources'>;
/** Id of any definition that a record's field `resource` can name. */
export type DefinitionId = ResourceId | ChildId | SourcesId;
/** Id of a `site` definition; in its own stream only. 0: unknown. */
export type SiteId = Quantity<'site'>;
/** The system's id of a thread, as in `/proc/PID/task`. 0: not known. */
export type SystemThreadId = Quantity<'systemThread'>;
/** Number of a wait, unique in its stream. 0: none. */
export type WaitNumber = Quantity<'wait'>;
/** Index of a record in its stream, over all segments, from 0. */
export type Slot = Quantity<'slot'>;
