/**
 * What the model answers, and what the JSON report holds: the comments of the fields are the descriptions in
 * docs/report.schema.json (`node scripts/report-schema.mjs`). `null` is "not yet" or "not known". Objects handed out are live
 * views: read them, do not change them, ask again after the next feed.
 */
export * from './file.ts';
export * from './finding.ts';
export * from './process.ts';
export type * from './proof.ts';
export type * from './quantities.ts';
export * from './report.ts';
export * from './resource.ts';
export type * from './site.ts';
export type * from './spans.ts';
export * from './timeline.ts';
