export interface ExportContent {
  /** Leaves out command lines and folders, which may hold secrets. */
  readonly redact: boolean;
}
