// What follows from the files of src/model/findings/rules: their index, the list of kinds, and the kinds that the manifest
// names: those that may be switched off, and those that agents may ask about. `--check` only says what is not up to date, and what docs/findings.md says otherwise.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const RULES = 'src/model/findings/rules';
const COMMAND = 'node scripts/finding-kinds.mjs';

/** The name of its file is the kind of a rule. */
function kinds() {
  return readdirSync(path.join(root, RULES))
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -3))
    .sort();
}

/** `lock-cycle` → `lockCycle`, the name under which its file exports the rule. @param {string} kind */
function nameOf(kind) {
  return kind.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** @param {readonly string[]} all */
function indexText(all) {
  return `// Made by \`${COMMAND}\` from the files of this folder.
import type { Rule } from '../kit/rule.ts';
${all.map((kind) => `import { ${nameOf(kind)} } from './${kind}.ts';`).join('\n')}

/** By kind. */
export const RULES: readonly Rule[] = [
${all.map((kind) => `  ${nameOf(kind)},`).join('\n')}
];
`;
}

/** @param {readonly string[]} all */
function kindsText(all) {
  return `// Made by \`${COMMAND}\` from the names of the files of ${RULES}.

/** Ids of \`docs/findings.md\`. */
export const FINDING_KINDS = [
${all.map((kind) => `  '${kind}',`).join('\n')}
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
`;
}

/** @param {readonly string[]} all */
function manifestText(all) {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  manifest.contributes.configuration.properties['forkscope.findings.disabled'].items.enum = all;
  for (const { inputSchema } of manifest.contributes.languageModelTools)
    if (inputSchema?.properties.kind !== undefined) inputSchema.properties.kind.enum = all;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Files that are made, with their texts. @returns {Record<string, string>} */
function made() {
  const all = kinds();
  return {
    [`${RULES}/index.ts`]: indexText(all),
    'src/model/types/finding-kinds.ts': kindsText(all),
    'package.json': manifestText(all),
  };
}

/** @returns {Promise<import('../src/model/findings/kit/rule.ts').Rule[]>} */
async function rules() {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, RULES, 'index.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const text = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  return (await import(`data:text/javascript;base64,${text}`)).RULES;
}

/**
 * What docs/findings.md says otherwise than a rule: each has a section that begins with its summary and names its own
 * thresholds with their defaults.
 * @param {string} docs @param {readonly Pick<import('../src/model/findings/kit/rule.ts').Rule, 'kind' | 'summary' | 'thresholds'>[]} all
 */
export function docsProblems(docs, all) {
  const sections = new Map(
    docs
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), text.slice(text.indexOf('\n'))]),
  );
  const problems = [...sections.keys()]
    .filter((title) => /^[a-z]+(-[a-z]+)+$/.test(title) && !all.some(({ kind }) => kind === title))
    .map((title) => `docs/findings.md has a section ${title}, and there is no such rule`);
  for (const { kind, summary, thresholds } of all) {
    const text = sections.get(kind);
    if (text === undefined) problems.push(`docs/findings.md has no section ${kind}`);
    else if (!text.startsWith(`\n\n${summary}\n`))
      problems.push(`the section ${kind} of docs/findings.md does not begin with: ${summary}`);
    for (const [name, { value, unit, summary: what }] of Object.entries(thresholds)) {
      const line = `- \`${name}\` (${value} ${unit}): ${what}.`;
      if (name !== 'suspectAfter' && text?.includes(line) === false)
        problems.push(`the section ${kind} of docs/findings.md lacks the line: ${line}`);
    }
  }
  return problems;
}

/** @returns {Promise<string[]>} */
export async function findingKindProblems() {
  const stale = Object.entries(made()).filter(
    ([file, text]) => readFileSync(path.join(root, file), 'utf8') !== text,
  );
  if (stale.length > 0) return stale.map(([file]) => `${file} is not up to date: run ${COMMAND}`);
  return docsProblems(readFileSync(path.join(root, 'docs/findings.md'), 'utf8'), await rules());
}

async function main() {
  if (!process.argv.includes('--check'))
    for (const [file, text] of Object.entries(made())) writeFileSync(path.join(root, file), text);
  for (const problem of await findingKindProblems()) {
    console.error(problem);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) void main();
