import type { Finding, Report } from '../../../model/types/index.ts';
import { wordsOf } from './words.ts';

/** What XML 1.0 cannot hold, escaped or not. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/**
 * The findings of a report as JUnit XML, which CI services show as failed tests; without findings one passed test.
 * What does not block and is only suspected is a passed test that says so in its output.
 */
export function junitOf(report: Report): string {
  const { findings, duration } = report;
  const seconds = (duration / 1e9).toFixed(3);
  const cases =
    findings.length > 0 ? findings.map(caseOf) : ['    <testcase classname="forkscope" name="no findings"/>'];
  const failures = findings.filter(isFailure).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${cases.length}" failures="${failures}" time="${seconds}">`,
    `  <testsuite name="forkscope" tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${seconds}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function isFailure({ certainty, blocking }: Finding): boolean {
  return certainty === 'certain' || blocking;
}

function caseOf(finding: Finding): string {
  const { kind, title, sites } = finding;
  const places = sites.map(({ role, file, line }) => `${role} at ${file}:${line}`).join('\n');
  const text = `${wordsOf(finding)}${places === '' ? '' : `\n${places}`}`;
  const [site] = sites;
  const at = site === undefined ? '' : ` file="${escaped(site.file)}" line="${site.line}"`;
  const head = `    <testcase classname="forkscope.${kind}" name="${escaped(title)}"${at}>`;
  const body = isFailure(finding)
    ? `      <failure type="${kind}" message="${escaped(title)}">${escaped(text)}</failure>`
    : `      <system-out>${escaped(text)}</system-out>`;
  return `${head}\n${body}\n    </testcase>`;
}

function escaped(text: string): string {
  return text.replaceAll(FORBIDDEN, '\uFFFD').replaceAll(/[&<>"\n\r\t]/g, (char) => ENTITIES[char] ?? char);
}
