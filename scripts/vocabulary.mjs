// Every kind of wait, resource, state and end has its words in src/model/words, and nowhere else. Says where another place
// puts one of them into words, or repeats a phrase of the vocabulary.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const VOCABULARY = 'src/model/words/';
/** Folders of src that show something to people. */
const SPEAKERS = ['model', 'session', 'untraced', 'cli', 'extension', 'webview'];

/** @param {string} folder @returns {string[]} paths from the root */
function sourcesOf(folder) {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`);
}

/** @param {string} file @param {string} text */
function parse(file, text) {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** The names that one `as const` array or object of a source declares. @param {string} file @param {string} constant */
function namesIn(file, constant) {
  /** @type {string[]} */
  const names = [];
  each(parse(file, readFileSync(path.join(root, file), 'utf8')), (node) => {
    if (!ts.isVariableDeclaration(node) || node.name.getText() !== constant || !node.initializer) return;
    const value = unwrap(node.initializer);
    if (ts.isArrayLiteralExpression(value))
      names.push(...value.elements.filter(ts.isStringLiteralLike).map((element) => element.text));
    if (ts.isObjectLiteralExpression(value))
      names.push(...value.properties.flatMap((property) => property.name?.getText() ?? []));
  });
  if (names.length === 0) throw new Error(`${file} has no ${constant}`);
  return names;
}

/** @param {ts.Expression} node @returns {ts.Expression} without `as const`, `satisfies …` and parentheses */
function unwrap(node) {
  const wrapped =
    ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node);
  return wrapped ? unwrap(node.expression) : node;
}

/** @param {ts.Node} node @param {(node: ts.Node) => void} visit */
function each(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => each(child, visit));
}

/**
 * A text with all that is filled in as `{}`; `undefined`: not a text.
 * @param {ts.Node} node @returns {string | undefined}
 */
function phraseOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text.replace(/\{\d+\}/g, '{}');
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `{}${span.literal.text}`).join('');
}

/** Is a value words: a text, or what a translator is asked for? @param {ts.Node} node @returns {boolean} */
function isWords(node) {
  if (ts.isArrowFunction(node)) return isWords(node.body);
  if (ts.isConditionalExpression(node)) return isWords(node.whenTrue) || isWords(node.whenFalse);
  if (ts.isCallExpression(node)) return /(^|\.)t$/.test(node.expression.getText());
  return phraseOf(node) !== undefined;
}

/** What a `case`, a key or a comparison names: `'waitJoin'`, `KIND.waitJoin`. @param {ts.Node} node */
function nameOf(node) {
  if (ts.isStringLiteralLike(node) || ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : '';
}

/** The texts that a switch answers with, by the names of its cases. @param {ts.SwitchStatement} node */
function casesInWords(node) {
  /** @type {string[]} */
  const names = [];
  /** @type {string[]} */
  let open = [];
  for (const clause of node.caseBlock.clauses) {
    if (ts.isCaseClause(clause)) open.push(nameOf(clause.expression));
    if (clause.statements.length === 0) continue;
    const says = clause.statements.some(
      (s) => ts.isReturnStatement(s) && s.expression !== undefined && isWords(s.expression),
    );
    if (says) names.push(...open);
    open = [];
  }
  return names;
}

/** The keys of an object whose values are words. @param {ts.ObjectLiteralExpression} node */
function keysInWords(node) {
  return node.properties.flatMap((property) =>
    ts.isPropertyAssignment(property) && isWords(property.initializer) ? [property.name.getText()] : [],
  );
}

/** What the vocabulary says, and of what. */
function vocabulary() {
  /** @type {Set<string>} */
  const phrases = new Set();
  for (const file of sourcesOf(VOCABULARY.slice(0, -1)))
    each(parse(file, readFileSync(path.join(root, file), 'utf8')), (node) => {
      const [message] = ts.isCallExpression(node) && node.expression.getText() === 't' ? node.arguments : [];
      const phrase = message && phraseOf(message);
      if (phrase) phrases.add(phrase);
    });
  const waits = namesIn('src/trace/format/kinds.ts', 'KINDS').filter((name) => /^wait[A-Z]/.test(name));
  const resources = namesIn('src/base/channels.ts', 'RESOURCE_KINDS');
  const states = namesIn('src/model/types/timeline.ts', 'TRACK_STATES');
  return { phrases, waits, resources, states };
}

/** So many kinds with words are a vocabulary of its own; a single one may be a word like any other. */
const MANY = 3;

/**
 * What a source says that belongs to the vocabulary.
 * @param {string} file @param {string} text @param {ReturnType<typeof vocabulary>} known @returns {string[]}
 */
export function problemsIn(file, text, known) {
  /** @type {string[]} */
  const problems = [];
  const source = parse(file, text);
  const at = (/** @type {ts.Node} */ node) =>
    `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  each(source, (node) => {
    const phrase = phraseOf(node);
    // A single word may mean anything, where no translator is asked for it.
    const isAsked = node.parent && ts.isCallExpression(node.parent) && isWords(node.parent);
    if (
      phrase !== undefined &&
      known.phrases.has(phrase) &&
      (isAsked || (/[a-z]/i.test(phrase) && phrase.includes(' ')))
    )
      problems.push(`${at(node)} says “${phrase}”, which the vocabulary (${VOCABULARY}) says already`);
    const names = ts.isSwitchStatement(node)
      ? casesInWords(node)
      : ts.isObjectLiteralExpression(node)
        ? keysInWords(node)
        : [];
    for (const [what, kinds] of /** @type {const} */ ([
      ['waits', known.waits],
      ['resources', known.resources],
      ['states', known.states],
    ]))
      if (new Set(names.filter((name) => kinds.includes(name))).size >= (what === 'waits' ? 1 : MANY))
        problems.push(`${at(node)} puts kinds of ${what} into words; they have theirs in ${VOCABULARY}`);
  });
  return problems;
}

/** Second places of the vocabulary. @returns {string[]} */
export function vocabularyProblems() {
  const known = vocabulary();
  return SPEAKERS.flatMap((folder) => sourcesOf(`src/${folder}`))
    .filter((file) => !file.startsWith(VOCABULARY))
    .flatMap((file) => problemsIn(file, readFileSync(path.join(root, file), 'utf8'), known));
}

/** What the vocabulary knows, for tests. */
export const knownWords = vocabulary;

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const problem of vocabularyProblems()) {
    console.error(problem);
    process.exitCode = 1;
  }
