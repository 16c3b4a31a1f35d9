// What the parts of a test run report, counted, and the summary at its end.
import { existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {{ name: string, status: 'passed' | 'failed' | 'skipped', error?: string }} Result
 * @typedef {{ part: string, results: Result[], seconds: number, notStarted?: string }} PartResult
 */

/** @param {string} file @returns {Result[]} */
export function readResults(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Lines of an error beside its first that the summary shows. */
const MOST_LINES = 15;

/** @param {Result[]} results @param {Result['status']} status */
const count = (results, status) => results.filter((result) => result.status === status).length;

/** Skipped because the test is about another platform: nothing is missing then. @param {Result} result */
const isElsewhere = (result) => /^only on /i.test(result.error ?? '');

/**
 * Prints every part with its counts, every failed and skipped test again, and the closing line.
 * @param {PartResult[]} parts
 * @param {boolean} strict whether something skipped is a failure
 * @returns {number} the exit code
 */
export function summarize(parts, strict) {
  const all = parts.flatMap(({ results }) => results);
  console.log('\nSummary');
  for (const { part, results, seconds, notStarted } of parts) {
    const what = notStarted ? `NOT STARTED: ${notStarted}` : `${countsOf(results)} (${seconds} s)`;
    console.log(`  ${part}: ${what}`);
  }
  for (const { part, results } of parts) {
    for (const result of results) {
      if (result.status !== 'passed') console.log(`  ${result.status.toUpperCase()}: ${line(part, result)}`);
      if (result.status === 'failed') process.stdout.write(more(result));
    }
  }
  const missing = all.filter((result) => result.status === 'skipped' && !isElsewhere(result));
  if (missing.length > 0) {
    console.log(`  !!! ${missing.length} SKIPPED${strict ? ', which is a failure where CI is set' : ''}`);
  }
  console.log(`\n${countsOf(all)}`);
  return count(all, 'failed') > 0 || all.length === 0 || (strict && missing.length > 0) ? 1 : 0;
}

/** @param {Result[]} results */
function countsOf(results) {
  const statuses = /** @type {const} */ (['passed', 'failed', 'skipped']);
  return statuses.map((status) => `${count(results, status)} ${status}`).join(', ');
}

/** What follows the first line of an error, shortened: whoever has only the summary is to know why. @param {Result} result */
function more({ error = '' }) {
  const lines = error.split('\n').slice(1).filter(Boolean);
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), lines.at(-1)] : lines;
  return shown.map((text) => `      ${text}\n`).join('');
}

/** @param {string} part @param {Pick<Result, 'name' | 'error'>} result */
function line(part, { name, error }) {
  return `${part}: ${name}${error ? `: ${error.split('\n')[0]}` : ''}`;
}
