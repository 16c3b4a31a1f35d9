import type ts from 'typescript';
import type { SourcePlace, StatementList, Syntax, TextChange } from './syntax.ts';

/** `await lock.acquire();` or `await using guard = await lock.acquire();`, a statement of its own. */
export interface Acquisition {
  /** The lock as it is written: `lock`, `this.lock`. */
  readonly lock: string;
  readonly statement: ts.Statement;
  readonly block: StatementList;
}

const ACQUIRES = ['acquire', 'acquireSync'];

/**
 * What stands between `acquire` and `release` goes into a `try`, the `release` into its `finally`. Not where a name that is declared
 * between them is used elsewhere, or where the lock is released in more than one place.
 */
export function releaseInFinally(syntax: Syntax, place: SourcePlace): TextChange | undefined {
  const taken = acquisitionAt(syntax, place);
  // What has a guard is released by it.
  if (taken === undefined || !syntax.ts.isExpressionStatement(taken.statement)) return undefined;
  const { lock, statement, block } = taken;
  const { statements } = block;
  const from = statements.indexOf(statement) + 1;
  const to = statements.findIndex((one, i) => i >= from && isCallOf(syntax, one, lock, ['release']));
  const release = statements[to];
  const between = statements.slice(from, to);
  if (release === undefined || between.length === 0) return undefined;
  const others = methodCalls(syntax, syntax.file, ['release']).filter(
    (call) => lockOf(syntax, call) === lock && call.pos > statement.end && call.pos < block.end,
  );
  if (others.length !== 1 || isAssigned(syntax, lock)) return undefined;
  if (between.some((one) => mustStay(syntax, one)) || leaksNames(syntax, block, between)) return undefined;
  return wrapped(syntax, statement, release);
}

/** The statement that takes a lock at a place, with nothing to tell how long or whether. */
export function acquisitionAt(syntax: Syntax, place: SourcePlace): Acquisition | undefined {
  const { ts } = syntax;
  const call = syntax.callAt(place);
  const around = call && syntax.statementOf(call);
  const lock = around && ts.isCallExpression(call) ? lockOf(syntax, call) : undefined;
  if (!around || lock === undefined) return undefined;
  const { statement } = around;
  const taken = ts.isVariableStatement(statement) ? onlyValue(statement) : statement;
  return taken && isCallOf(syntax, taken, lock, ACQUIRES) ? { lock, ...around } : undefined;
}

function onlyValue({ declarationList }: ts.VariableStatement): ts.Expression | undefined {
  const [only, ...more] = declarationList.declarations;
  return more.length === 0 ? only?.initializer : undefined;
}

/** All acquisitions in a file, in their order, those that {@link acquisitionAt} does not take included. */
export function acquisitions(syntax: Syntax): { lock: string; call: ts.CallExpression }[] {
  return methodCalls(syntax, syntax.file, [...ACQUIRES, 'with', 'withSync']).flatMap((call) => {
    const lock = lockOf(syntax, call);
    return lock === undefined ? [] : [{ lock, call }];
  });
}

function methodCalls(syntax: Syntax, within: ts.Node, names: readonly string[]): ts.CallExpression[] {
  const { ts } = syntax;
  const isMeant = (node: ts.Node): node is ts.CallExpression =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    names.includes(node.expression.name.text);
  return syntax.find(within, isMeant);
}

/** What a method is called of, where that is a name or a property of one: it is the same thing each time. */
function lockOf({ ts }: Syntax, { expression }: ts.CallExpression): string | undefined {
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const isPlain = (node: ts.Expression): boolean =>
    ts.isIdentifier(node) ||
    node.kind === ts.SyntaxKind.ThisKeyword ||
    (ts.isPropertyAccessExpression(node) && isPlain(node.expression));
  return isPlain(expression.expression) ? expression.expression.getText() : undefined;
}

/** Is it `lock.method()` or `await lock.method()`, without arguments? */
function isCallOf(syntax: Syntax, node: ts.Node, lock: string, methods: readonly string[]): boolean {
  const { ts } = syntax;
  const expression = ts.isExpressionStatement(node) ? node.expression : node;
  const call = ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (!ts.isCallExpression(call) || call.arguments.length > 0 || lockOf(syntax, call) !== lock) return false;
  return methods.includes((call.expression as ts.PropertyAccessExpression).name.text);
}

function isAssigned(syntax: Syntax, lock: string): boolean {
  const { ts } = syntax;
  const isIt = (node: ts.Node): node is ts.BinaryExpression =>
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    node.left.getText() === lock;
  // A property gets its first value somewhere; a name that is assigned to was something else before.
  return !lock.includes('.') && syntax.find(syntax.file, isIt).length > 0;
}

/** What would mean something else in a block, or further to the right, or leaves the block in a way of its own. */
function mustStay(syntax: Syntax, statement: ts.Statement): boolean {
  const { ts } = syntax;
  if (ts.isVariableStatement(statement) && statement.declarationList.flags & ts.NodeFlags.Using) return true;
  // No finally is run by a process that ends.
  const ends = (node: ts.Node): node is ts.Node =>
    ts.isPropertyAccessExpression(node) && /^process\.(exit|abort|kill|reallyExit)$/.test(node.getText());
  if (syntax.find(statement, ends).length > 0) return true;
  const isOverLines = (node: ts.Node): node is ts.Node =>
    (ts.isTemplateLiteral(node) || ts.isStringLiteral(node) || ts.isJsxText(node)) &&
    node.getText().includes('\n');
  return syntax.find(statement, isOverLines).length > 0;
}

/** Is a name that some of a block's statements declare used by others? */
function leaksNames(syntax: Syntax, block: StatementList, between: readonly ts.Statement[]): boolean {
  const { ts } = syntax;
  const [start, end] = [between[0]?.pos ?? 0, between.at(-1)?.end ?? 0];
  const isName = (node: ts.Node): node is ts.Identifier => ts.isIdentifier(node);
  const names = between.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name }) => syntax.find(name, isName));
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return statement.name ?? [];
    return [];
  });
  return names.some(({ text }) =>
    syntax
      .uses(text)
      .some((use) => use.pos >= block.pos && use.end <= block.end && (use.pos < start || use.end > end)),
  );
}

function wrapped(syntax: Syntax, acquire: ts.Statement, release: ts.Statement): TextChange | undefined {
  const { text, eol } = syntax;
  const indent = syntax.indentOf(acquire);
  if (indent === undefined || syntax.indentOf(release) !== indent) return undefined;
  if (!syntax.endsLine(acquire) || !syntax.endsLine(release)) return undefined;
  const start = syntax.lineEnd(acquire);
  const body = text.slice(start, release.getStart());
  const lines = body.split(/\r?\n/).slice(1, -1);
  const unit = unitOf(text, indent);
  const inner = lines.map((line) => (line.trim() === '' ? line : `${unit}${line}`));
  const shown = [
    '',
    `${indent}try {`,
    ...inner,
    `${indent}} finally {`,
    `${indent}${unit}${release.getText()}`,
    `${indent}}`,
  ];
  return { start, end: release.getEnd(), text: shown.join(eol) };
}

/** By what the file indents. */
function unitOf(text: string, indent: string): string {
  if (indent.includes('\t')) return '\t';
  return /^(\t| {2,8})\S/m.exec(text)?.[1] ?? '  ';
}
