// Makes the tables of docs/trace-format.md from src/trace/format: what a record or a header holds is described once, where the
// code has it. `--check` only says whether the page is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

/** @typedef {import('../src/trace/format/kinds.ts').KindSpec} KindSpec */

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const PAGE = path.join(root, 'docs', 'trace-format.md');
const FORMAT = 'src/trace/format';
const COMMAND = 'node scripts/trace-format.mjs';

/** @param {string} name */
const source = (name) => readFileSync(path.join(root, FORMAT, name), 'utf8');

/** The values that a file of the format exports. @param {string} name */
async function exportsOf(name) {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, FORMAT, name)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const text = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  return import(`data:text/javascript;base64,${text}`);
}

/**
 * The doc comments of the members of an interface, or of the properties of a constant object, by name.
 * @param {string} file @param {string} owner name of the interface or constant
 */
function commentsIn(file, owner) {
  const comments = new Map();
  const tree = ts.createSourceFile(file, source(file), ts.ScriptTarget.ES2022, true);
  for (const statement of tree.statements) {
    for (const member of membersOf(statement, owner)) {
      const [doc] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
      comments.set(member.name?.getText(), oneLine(ts.getTextOfJSDocComment(doc?.comment) ?? ''));
    }
  }
  return comments;
}

/** @param {ts.Statement} statement @param {string} owner @returns {readonly ts.NamedDeclaration[]} */
function membersOf(statement, owner) {
  if (ts.isInterfaceDeclaration(statement) && statement.name.text === owner) return [...statement.members];
  if (!ts.isVariableStatement(statement)) return [];
  const found = statement.declarationList.declarations.find(({ name }) => name.getText() === owner);
  let value = found?.initializer;
  while (value && (ts.isAsExpression(value) || ts.isSatisfiesExpression(value))) value = value.expression;
  return value && ts.isObjectLiteralExpression(value) ? [...value.properties] : [];
}

/** The comments of the names of a union, by name. @param {string} file @param {string} alias */
function commentsOfUnion(file, alias) {
  const text = source(file);
  const from = text.indexOf(`export type ${alias} =`);
  const union = text.slice(from, text.indexOf(';', from));
  const members = union.matchAll(/\/\*\*\s*(.*?)\s*\*\/\s*\|\s*'(\w+)'/gs);
  return new Map([...members].map(([, comment = '', name = '']) => [name, oneLine(comment)]));
}

/** @param {string} text */
const oneLine = (text) => text.replace(/\s*\n\s*(\*\s?)?/g, ' ').trim();

/** The table in the doc comment that stands before a constant. @param {string} file @param {string} constant */
function tableBefore(file, constant) {
  const text = source(file);
  const before = text.slice(0, text.indexOf(`export const ${constant}`));
  const comment = before.slice(before.lastIndexOf('/**'));
  return comment
    .split('\n')
    .flatMap((line) => /^ \* (\|.*)$/.exec(line)?.[1] ?? [])
    .join('\n');
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (/** @type {string | undefined} */ text) => (text ? `\`${text}\`` : '');

/** @param {Record<string, KindSpec>} kinds */
function kindTables(kinds) {
  const comments = commentsIn('kinds.ts', 'KINDS');
  return [...commentsOfUnion('kinds.ts', 'Group')].map(([group, about]) => {
    const rows = Object.entries(kinds).filter(([, spec]) => spec.group === group);
    const shows = group === 'wait' ? ['track'] : [];
    const head = ['kind', 'number', '`resource`', '`n`', '`value`', 'flags', ...shows, 'meaning'];
    const cells = rows.map(([name, { number, on, n, value, flags = [], track, since }]) => [
      code(name),
      String(number),
      code(on),
      code(n),
      code(value),
      flags.map(code).join(' '),
      ...(track ? [track] : []),
      `${comments.get(name)}${since ? ` Since 1.${since}.` : ''}`,
    ]);
    return `**${group}** – ${about}\n\n${table(head, cells)}`;
  });
}

/** What the names in the tables of kinds stand for. */
function fieldTables() {
  const meanings = ['Subjects', 'Meanings'].map((owner) =>
    table(
      ['name', owner === 'Subjects' ? 'what `resource` is the id of' : 'what `n` or `value` holds'],
      [...commentsIn('kinds.ts', owner)].map(([name, comment]) => [code(name), comment]),
    ),
  );
  return meanings.join('\n\n');
}

/** @param {Record<string, number>} flags */
function flagTable(flags) {
  const comments = commentsIn('records.ts', 'FLAG');
  const rows = Object.entries(flags).map(([name, bits]) => [
    code(name === 'outcomeMask' ? 'outcome' : name),
    `0x${bits.toString(16).padStart(2, '0')}`,
    comments.get(name),
  ]);
  return table(['flag', 'bits', 'meaning'], rows);
}

/** What is made, by the name of its place in the page. @returns {Promise<Record<string, string>>} */
async function made() {
  const { KINDS } = await exportsOf('kinds.ts');
  const { FLAG } = await exportsOf('records.ts');
  const { TRACE_VERSION, TRACE_MINOR } = await exportsOf('definitions.ts');
  return {
    version: `This page describes version ${TRACE_VERSION}.${TRACE_MINOR}.`,
    header: tableBefore('segment.ts', 'HOT_SLOTS'),
    record: tableBefore('records.ts', 'RECORD_SIZE'),
    flags: flagTable(FLAG),
    kinds: kindTables(KINDS).join('\n\n'),
    fields: fieldTables(),
  };
}

/** The page with its tables made anew. @param {string} page */
async function update(page) {
  let text = page;
  for (const [name, content] of Object.entries(await made())) {
    const [begin, end] = [`<!-- made: ${name} -->`, '<!-- end -->'];
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0)
      throw new Error(`docs/trace-format.md has no place for ${name}: ${begin} … ${end}`);
    text = `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
  }
  return text;
}

/** What is wrong with the page or the table of kinds. @param {string} [page] its text @returns {Promise<string[]>} */
export async function traceFormatProblems(page = readFileSync(PAGE, 'utf8')) {
  const stale = (await update(page)) !== page;
  const { KINDS } = await exportsOf('kinds.ts');
  const { TRACE_MINOR } = await exportsOf('definitions.ts');
  return [
    ...(stale ? [`docs/trace-format.md is not up to date: run ${COMMAND}`] : []),
    ...futureKinds(KINDS, TRACE_MINOR).map(
      (name) => `${name} is of a minor version after TRACE_MINOR (${FORMAT}/definitions.ts): raise that`,
    ),
  ];
}

/** Kinds of a later minor version than traces say of themselves. @param {Record<string, KindSpec>} kinds @param {number} minor */
export function futureKinds(kinds, minor) {
  return Object.keys(kinds).filter((name) => (kinds[name]?.since ?? 0) > minor);
}

async function main() {
  if (!process.argv.includes('--check')) writeFileSync(PAGE, await update(readFileSync(PAGE, 'utf8')));
  for (const problem of await traceFormatProblems()) {
    console.error(problem);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) void main();
