import type { Model, Report } from '../../../model/index.ts';
import type { Labels } from '../../../model/words/index.ts';

/** What a page is made of. */
export interface Scene {
  readonly report: Report;
  readonly labels: Labels;
  /** Slices of the threads. */
  readonly model: Pick<Model, 'tracks' | 'tiles' | 'stats'>;
  /** Processes that a blocking finding names. */
  readonly stuck: ReadonlySet<string>;
}
