/** What is selected: a slice of a track, a range of time, or a finding. */
export type Selection =
  | { readonly type: 'slice'; readonly thread: string; readonly start: number; readonly end: number | null }
  | { readonly type: 'range'; readonly start: number; readonly end: number }
  | { readonly type: 'finding'; readonly id: string };

/** Where the pointer is; distances are CSS pixels. */
export interface Hover {
  readonly x: number;
  /** Row below the pointer, -1: none. */
  readonly row: number;
  /** Begin and end of the slice below the pointer, ns since the session's origin; `null`: no slice, or a slice without end. */
  readonly start: number | null;
  readonly end: number | null;
}
