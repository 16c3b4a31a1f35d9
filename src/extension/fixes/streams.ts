import type ts from 'typescript';
import type { Declared, Syntax, TextChange } from './syntax.ts';
import { type Use, usesOf } from './uses.ts';

/**
 * `child.stdin.end()` after the last write, or where the child is started when nothing is written. Not where its stdin is given to
 * other code, ended somewhere, or written to later on: who writes after the end gets an error.
 */
export function endStdin(syntax: Syntax, child: Declared): TextChange | undefined {
  const uses = usesOf(syntax, child);
  if (uses === undefined || uses.some(({ member }) => member === 'stdio')) return undefined;
  const stdin = uses.filter(({ member }) => member === 'stdin');
  let last = child.statement;
  for (const use of stdin) {
    const called = calledOf(syntax, use);
    if (called === 'on' || called === 'once') continue;
    const statement = called === 'write' ? syntax.statementIn(child.block, use.node) : undefined;
    if (statement === undefined) return undefined;
    if (statement.pos > last.pos) last = statement;
  }
  return syntax.after(last, `${child.name}.stdin${dot(syntax, child, stdin)}end()`);
}

/** `child.stdout.resume()` where the child is started: its output, which nothing in the file takes, is read and dropped. */
export function readOutput(
  syntax: Syntax,
  child: Declared,
  output: 'stdout' | 'stderr',
): TextChange | undefined {
  const uses = usesOf(syntax, child);
  if (uses === undefined || uses.some(({ member }) => member === output || member === 'stdio'))
    return undefined;
  return syntax.after(child.statement, `${child.name}.${output}${dot(syntax, child, [])}resume()`);
}

/** What is called of a stream: of `child.stdin.write(…)` `write`. */
function calledOf({ ts }: Syntax, { expression }: Use): string | undefined {
  let at = expression;
  while (ts.isNonNullExpression(at.parent)) at = at.parent;
  const access = at.parent;
  if (!ts.isPropertyAccessExpression(access) || !ts.isCallExpression(access.parent)) return undefined;
  return access.parent.expression === access ? access.name.text : undefined;
}

/** Types say of most children that a stream may be missing: there `?.` is needed, and does no harm. */
function dot({ ts, file }: Syntax, { call }: Declared, uses: readonly Use[]): '.' | '?.' {
  const isChecked = /\.[cm]?tsx?$/.test(file.fileName);
  const asks = uses.some(({ expression }) => expression.parent.getText().includes('?.'));
  return asks || (isChecked && !hasAllStreams(ts, call)) ? '?.' : '.';
}

function hasAllStreams(typescript: Syntax['ts'], call: Declared['call']): boolean {
  const callee = call.expression;
  const name = typescript.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
  const options = call.arguments?.[2];
  if (name !== 'spawn' || (call.arguments?.length ?? 0) > 3) return false;
  if (options === undefined) return isList(typescript, call.arguments?.[1]);
  return (
    typescript.isObjectLiteralExpression(options) &&
    options.properties.every(({ name: key }) => key !== undefined && key.getText() !== 'stdio')
  );
}

/** Of what is not written down it is not known whether it is the arguments or the options. */
function isList(typescript: Syntax['ts'], node: ts.Expression | undefined): boolean {
  return node === undefined || typescript.isArrayLiteralExpression(node);
}
