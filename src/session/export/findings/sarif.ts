import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeFlow, Location, Log, ReportingDescriptor, Result, Stack } from 'sarif';
import { wayBelow } from '../../../base/paths.ts';
import type { CallSite, Finding, FindingSite, Report } from '../../../model/types/index.ts';
import { wordsOf } from './words.ts';

/** What paths are relative to, as SARIF names it. */
const BASE = 'SRCROOT';

/** The findings of a report as SARIF 2.1.0, which code scanning services and editors show at their lines. */
export function sarifOf(report: Report, root: string, version: string): Log {
  const kinds = [...new Set(report.findings.map(({ kind }) => kind))].sort();
  const rules = kinds.map((id): ReportingDescriptor => ({ id }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Forkscope', semanticVersion: version, rules } },
        originalUriBaseIds: { [BASE]: { uri: `${pathToFileURL(root).href}/` } },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) =>
          resultOf(finding, kinds.indexOf(finding.kind), report, root),
        ),
      },
    ],
  };
}

function resultOf(finding: Finding, ruleIndex: number, report: Report, root: string): Result {
  const { kind, id, certainty, blocking, sites } = finding;
  const [first, ...others] = sites;
  const stacks = sites.map((site) => stackOf(site, root)).filter((stack) => stack.frames.length > 1);
  return {
    ruleId: kind,
    ruleIndex,
    level: certainty === 'certain' ? 'error' : blocking ? 'warning' : 'note',
    message: { text: wordsOf(finding) },
    locations: first === undefined ? [] : [locationOf(first, root)],
    relatedLocations: others.map((site, index) => ({
      id: index + 1,
      ...locationOf(site, root),
      message: { text: roleOf(site, report) },
    })),
    ...(stacks.length > 0 && { stacks }),
    ...(sites.length > 1 && { codeFlows: [flowOf(sites, report, root)] }),
    partialFingerprints: { 'forkscopeFinding/v1': id },
    properties: { certainty, blocking },
  };
}

function roleOf({ role, process }: FindingSite, { processes }: Report): string {
  const name = processes.find(({ id }) => id === process)?.name ?? process;
  return `${role} (${name})`;
}

function flowOf(sites: readonly FindingSite[], report: Report, root: string): CodeFlow {
  const locations = sites.map((site) => ({
    location: { ...locationOf(site, root), message: { text: roleOf(site, report) } },
  }));
  return { threadFlows: [{ locations }] };
}

function stackOf(site: FindingSite, root: string): Stack {
  const frames = site.frames;
  return { frames: frames.map((frame) => ({ location: locationOf(frame, root) })) };
}

function locationOf(
  { file, line, column, fn }: Pick<CallSite, 'file' | 'line' | 'column' | 'fn'>,
  root: string,
): Location {
  return {
    physicalLocation: {
      artifactLocation: artifactOf(file, root),
      region: { startLine: Math.max(1, line), startColumn: Math.max(1, column) },
    },
    ...(fn !== '' && { logicalLocations: [{ name: fn, kind: 'function' }] }),
  };
}

function artifactOf(file: string, root: string): { uri: string; uriBaseId?: string } {
  if (!path.isAbsolute(file)) return { uri: encodeURI(file) };
  const inside = wayBelow(root, file);
  if (inside === undefined) return { uri: pathToFileURL(file).href };
  return { uri: inside.split(path.sep).map(encodeURIComponent).join('/'), uriBaseId: BASE };
}
