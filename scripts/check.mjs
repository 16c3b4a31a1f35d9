// Everything that can be said about the sources without running them: `npm run check`.
//   npm run check -- --only NAME   those whose name contains NAME (may be repeated)
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findingKindProblems } from './finding-kinds.mjs';
import { bundleProblems } from './l10n.mjs';
import { tryRun } from './lib/exec.mjs';
import { root } from './lib/parts.mjs';
import * as repository from './lib/repository.mjs';
import { schemaProblems } from './report-schema.mjs';
import { traceFormatProblems } from './trace-format.mjs';
import { vocabularyProblems } from './vocabulary.mjs';

const require = createRequire(import.meta.url);

/**
 * The script behind a package's command.
 * @param {string} name @param {string} [command]
 */
function binOf(name, command = name) {
  const file = path.join(root, 'node_modules', name, 'package.json');
  const { bin } = require(file);
  return path.join(path.dirname(file), typeof bin === 'string' ? bin : bin[command]);
}

/** @param {string} script @param {string[]} args @returns {Promise<string[]>} problems */
async function tool(script, args) {
  const { code, output } = await tryRun(process.execPath, [script, ...args], { cwd: root });
  return code === 0 ? [] : [output.trim() || `exit code ${code}`];
}

async function types() {
  const projects = (await repository.ownFiles()).filter(
    (file) => /(^|\/)tsconfig[^/]*\.json$/.test(file) && !file.includes('/fixtures/'),
  );
  return projects.map((project) => ({
    name: `types of ${project}`,
    check: () => tool(binOf('typescript', 'tsc'), ['--noEmit', '--pretty', 'false', '-p', project]),
  }));
}

const { only } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [''] } } }).values;

const all = [
  {
    name: 'lint and format',
    check: () =>
      tool(binOf('@biomejs/biome', 'biome'), ['ci', '--colors=off', '--diagnostic-level=error', '.']),
  },
  {
    name: 'import arrows',
    check: () =>
      tool(binOf('dependency-cruiser', 'depcruise'), [
        '--config',
        '.dependency-cruiser.cjs',
        '-T',
        'err',
        'src',
      ]),
  },
  ...(await types()),
  { name: 'no process.execPath in the extension', check: repository.noExecPathInExtension },
  { name: 'no hosts in package-lock.json', check: repository.noLockedHosts },
  { name: 'package-lock.json is whole', check: repository.lockIsWhole },
  { name: 'no names of this machine', check: repository.noMachinePaths },
  { name: 'files and functions are small', check: repository.sourcesAreSmall },
  { name: 'sources are finished', check: repository.sourcesAreFinished },
  { name: 'no circle of folders', check: repository.foldersAreLayers },
  { name: 'no logic in two places', check: repository.nothingIsSaidTwice },
  { name: "the manifest's commands and texts", check: repository.manifestIsWhole },
  { name: 'JSON schemas', check: repository.schemasCompile },
  { name: 'rules, their docs and their settings', check: findingKindProblems },
  { name: 'the tables of the trace format', check: traceFormatProblems },
  { name: 'one vocabulary', check: async () => vocabularyProblems() },
  { name: 'the schema of the report', check: async () => schemaProblems() },
  { name: 'the strings for translators', check: async () => bundleProblems() },
];

const checks = all.filter(({ name }) => only.some((part) => name.includes(part)));
if (checks.length === 0)
  throw new Error(`no check is called ${only.join(' or ')}: ${all.map(({ name }) => name).join(', ')}`);

/** @param {(typeof checks)[number]} check */
async function perform({ name, check }) {
  const problems = await check().catch((error) => [String(error)]);
  const passed = problems.length === 0;
  console.log(`${passed ? '✔' : '✖'} ${name}`);
  for (const problem of problems) console.log(problem.replace(/^/gm, '  '));
  const results = process.env.FORKSCOPE_TEST_RESULTS;
  const line = { name, status: passed ? 'passed' : 'failed', ...(passed ? {} : { error: problems[0] }) };
  if (results) appendFileSync(results, `${JSON.stringify(line)}\n`);
  return passed;
}

const waiting = [...checks];
let failed = 0;
async function worker() {
  for (let next = waiting.shift(); next; next = waiting.shift()) if (!(await perform(next))) failed++;
}
await Promise.all([worker(), worker()]);
console.log(`${checks.length - failed} of ${checks.length} checks passed`);
process.exitCode = failed > 0 ? 1 : 0;
