import type ts from 'typescript';
import type { Declared, Syntax } from './syntax.ts';

/** One use of a name that stands for a child process or a worker. */
export interface Use {
  readonly node: ts.Identifier;
  /** The property that is used of it, '' where it is handed to `once` as a whole. */
  readonly member: string;
  /** What is called so: `child.once`; of a property that is only read: the property. */
  readonly expression: ts.Expression;
  /** The call, where one is made. */
  readonly call: ts.CallExpression | undefined;
  /** What it listens to: of `child.once('exit', …)` and `once(child, 'exit')` `exit`. */
  readonly event: string;
}

const LISTENS: ReadonlySet<string> = new Set(['on', 'once', 'addListener', 'prependListener']);

/** Every use of what was made; `undefined`: it is handed on to other code, which may do anything with it. */
export function usesOf(syntax: Syntax, { name }: Pick<Declared, 'name'>): Use[] | undefined {
  const uses = syntax.uses(name).map((node) => useOf(syntax, node));
  return uses.every((use) => use !== undefined) ? uses : undefined;
}

function useOf({ ts }: Syntax, node: ts.Identifier): Use | undefined {
  let at: ts.Expression = node;
  while (ts.isNonNullExpression(at.parent) || ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const { parent } = at;
  if (ts.isPropertyAccessExpression(parent)) {
    const member = parent.name.text;
    const call = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
    const made = call ? (parent.parent as ts.CallExpression) : undefined;
    const event = LISTENS.has(member) ? textOf(ts, made?.arguments[0]) : '';
    return { node, member, expression: parent, call: made, event };
  }
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== at) return undefined;
  const callee = parent.expression;
  const called = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
  if (called !== 'once') return undefined;
  return { node, member: '', expression: at, call: parent, event: textOf(ts, parent.arguments[1]) };
}

/** `?` of an event that is not written down. */
function textOf(typescript: Syntax['ts'], node: ts.Node | undefined): string {
  return node && typescript.isStringLiteralLike(node) ? node.text : '?';
}
