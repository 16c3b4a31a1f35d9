// Floors for the habits that a number can say: the code lines of a file, the lines and the branches of a function.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './parts.mjs';

/** Lines of a file that hold code: comments and empty lines are free. */
const CODE_LINES = 350;
/** Lines of a function that hold code, those of functions in it included. */
const FUNCTION_LINES = 60;
/**
 * Ways through a function (its branches + 1), without those of functions in it: more is two functions. A `switch` is one
 * branch, however long: it is a table.
 */
const WAYS = 17;

/** @param {string} file relative to the root */
function parse(file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** @param {ts.SourceFile} source @returns {Set<number>} numbers of the lines on which a token stands */
function codeLines(source) {
  /** @type {Set<number>} */
  const lines = new Set();
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    if (children.length === 0 && node.getWidth(source) > 0) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      for (let line = first; line <= last; line++) lines.add(line);
    }
    children.forEach(visit);
  };
  visit(source);
  return lines;
}

/** @param {ts.Node} node @returns {boolean} a way of its own through the function */
function branches(node) {
  if (ts.isBinaryExpression(node)) {
    return [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken].includes(
      node.operatorToken.kind,
    );
  }
  return (
    ts.isSwitchStatement(node) ||
    ts.isIfStatement(node) ||
    ts.isConditionalExpression(node) ||
    ts.isIterationStatement(node, false) ||
    ts.isCatchClause(node)
  );
}

/** @param {ts.Node} body */
function waysThrough(body) {
  let ways = 1;
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isFunctionLike(node)) return;
    if (branches(node)) ways++;
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return ways;
}

/** @param {ts.FunctionLikeDeclaration} node @param {ts.SourceFile} source */
function nameOf(node, source) {
  const named = node.name ?? ('name' in node.parent ? node.parent.name : undefined);
  return named ? /** @type {ts.Node} */ (named).getText(source) : 'a function';
}

/** @param {string} file @param {boolean} strict functions have limits too @returns {string[]} problems */
export function measure(file, strict) {
  const source = parse(file);
  const code = codeLines(source);
  const problems = [];
  if (code.size > CODE_LINES)
    problems.push(`${file} has ${code.size} lines of code, more than ${CODE_LINES}`);
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const body = /** @type {ts.Node} */ (node.body);
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      let lines = 0;
      for (let line = first; line <= last; line++) if (code.has(line)) lines++;
      const ways = waysThrough(body);
      const at = `${file}:${first + 1} ${nameOf(/** @type {ts.FunctionLikeDeclaration} */ (node), source)}`;
      if (lines > FUNCTION_LINES)
        problems.push(`${at} has ${lines} lines of code, more than ${FUNCTION_LINES}`);
      if (ways > WAYS) problems.push(`${at} has ${ways} ways through it, more than ${WAYS}`);
    }
    ts.forEachChild(node, visit);
  };
  if (strict) visit(source);
  return problems;
}
