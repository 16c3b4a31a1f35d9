/** Which finding to inspect; of the command *Inspect*, however it was reached. */
export interface InspectRequest {
  /** Trace directory. */
  readonly dir: string;
  readonly finding: string;
  /** Index of the link of its chain whose lines are shown first. */
  readonly link?: number;
}
