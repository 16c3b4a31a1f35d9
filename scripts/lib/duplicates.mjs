// Finds the same logic in two places of src: functions, and runs of statements, that are equal but for the names of what
// they declare themselves.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './parts.mjs';

/** Fewer tokens are an idiom (a getter, a null check, a loop's head), not logic that somebody would mend twice. */
const LEAST_TOKENS = 25;
/** Statements of a run that is looked for inside of longer functions, which may differ around it. */
const RUN = 3;
/** A run of statements has no name that says what it does: it counts from more tokens on. */
const LEAST_RUN_TOKENS = 40;

/**
 * @typedef {{ readonly file: string, readonly line: number, readonly tokens: number }} Place
 */

/** @param {ts.Node} node @returns {ts.Identifier[]} names that are declared in it */
function declaredIn(node) {
  /** @type {ts.Identifier[]} */
  const names = [];
  /** @param {ts.Node} at */
  const visit = (at) => {
    const declares =
      ts.isVariableDeclaration(at) || ts.isParameter(at) || ts.isBindingElement(at) || ts.isFunctionLike(at);
    if (declares && at.name && ts.isIdentifier(at.name)) names.push(at.name);
    ts.forEachChild(at, visit);
  };
  visit(node);
  return names;
}

/** @param {ts.Node} leaf */
function isPropertyName(leaf) {
  const { parent } = leaf;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === leaf;
  return ts.isPropertyAssignment(parent) && parent.name === leaf;
}

/**
 * The tokens of these nodes, without types; names that they declare are told apart by the order in which they come.
 * @param {readonly ts.Node[]} nodes
 * @param {ts.SourceFile} source
 */
function tokensOf(nodes, source) {
  const own = new Set(nodes.flatMap(declaredIn).map((name) => name.text));
  /** @type {Map<string, string>} */
  const known = new Map();
  /** @type {string[]} */
  const tokens = [];
  /** @param {ts.Node} at */
  const visit = (at) => {
    if (ts.isTypeNode(at) && !ts.isExpressionWithTypeArguments(at)) return;
    // An arrow function's expression says what a block with a return says.
    if (ts.isReturnStatement(at) && at.expression) return visit(at.expression);
    if (ts.isBlock(at) && ts.isFunctionLike(at.parent)) return at.statements.forEach(visit);
    const children = at.getChildren(source).filter((child) => !ts.isJSDoc(child));
    for (const child of children) visit(child);
    if (children.length > 0 || at.getWidth(source) === 0) return;
    const text = at.getText(source);
    if (!ts.isIdentifier(at) || !own.has(text) || isPropertyName(at)) tokens.push(text);
    else {
      if (!known.has(text)) known.set(text, `$${known.size}`);
      tokens.push(known.get(text) ?? '');
    }
  };
  for (const node of nodes) visit(node);
  return tokens;
}

/**
 * @param {string} file relative to the root
 * @param {(key: string, place: Place) => void} found
 */
function collect(file, found) {
  const source = ts.createSourceFile(
    file,
    readFileSync(path.join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  /** @param {string} kind @param {readonly ts.Node[]} nodes @param {number} least */
  const add = (kind, nodes, least) => {
    const tokens = tokensOf(nodes, source);
    if (tokens.length < least) return;
    const line = source.getLineAndCharacterOfPosition(nodes[0]?.getStart(source) ?? 0).line + 1;
    found(`${kind} ${tokens.join(' ')}`, { file, line, tokens: tokens.length });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      add('function', [...node.parameters, /** @type {ts.Node} */ (node.body)], LEAST_TOKENS);
    }
    if (ts.isBlock(node)) {
      for (let at = 0; at + RUN <= node.statements.length; at++) {
        add('statements', node.statements.slice(at, at + RUN), LEAST_RUN_TOKENS);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** @param {readonly string[]} files @returns {string[]} one line for each pair of places */
export function duplicatesIn(files) {
  /** @type {Map<string, Place>} */
  const first = new Map();
  /** @type {string[]} */
  const problems = [];
  for (const file of files) {
    collect(file, (key, place) => {
      const other = first.get(key);
      if (other === undefined) first.set(key, place);
      else {
        problems.push(
          `${place.file}:${place.line} says the same as ${other.file}:${other.line} (${place.tokens} tokens): let one serve both`,
        );
      }
    });
  }
  return problems;
}
