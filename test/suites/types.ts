import type { NodeMajor, Runnable } from '../programs/types.ts';

/** The test suite of an npm package, as it comes in the package itself. */
export interface Suite extends Omit<Runnable, 'id' | 'install' | 'copies' | 'folder' | 'unordered'> {
  /** The package whose suite it is: the first of `packages` brings it. Its folder is copied anew before each run. */
  readonly package: string;
  /** Files of the suite that are left out, with the reason: they fail untraced, or need what is not there. */
  readonly without?: readonly (readonly [file: string, reason: string])[];
  /** What is rightly found in it, by its kind, with the reason why it is true. */
  readonly found?: Readonly<Record<string, string>>;
  readonly nodes?: readonly NodeMajor[];
}
