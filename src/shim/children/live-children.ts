/** A child that is recorded. */
export interface StartedChild {
  /** Of its definition. */
  readonly id: number;
  readonly spawnKey: string;
  readonly site: number;
}
/** The living children of this thread that are recorded here: not those of the runtime, which reports its own. */
export const liveChildren = new Map<object, StartedChild>();
