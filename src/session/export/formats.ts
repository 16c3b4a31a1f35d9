/** `sarif`, `junit` and `github` hold the findings only; the others the whole course of the run. */
export const EXPORT_FORMATS = ['chrome', 'perfetto', 'otlp', 'html', 'sarif', 'junit', 'github'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export type FindingsFormat = Exclude<ExportFormat, 'chrome' | 'perfetto' | 'otlp' | 'html'>;
