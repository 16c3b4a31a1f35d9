import type ts from 'typescript';
import type { Declared, Syntax, TextChange } from './syntax.ts';
import { type Use, usesOf } from './uses.ts';

/** How one sends to somebody who was started, and how one lets go of them. */
export interface Letting {
  readonly send: string;
  readonly go: string;
}

/**
 * Lets go of a child or a worker when it has answered: behind `await once(child, 'message')`, or at the end of the function of
 * `child.once('message', …)`. Only where the file shows that there is one question and one answer: whoever is let go of too early
 * can answer no more.
 */
export function letGo(syntax: Syntax, child: Declared, { send, go }: Letting): TextChange | undefined {
  const uses = usesOf(syntax, child);
  if (uses === undefined || uses.some(({ member }) => OTHERS.has(member) || member === go)) return undefined;
  const heard = uses.filter(({ event }) => event === 'message' || event === '?');
  const sent = uses.filter(({ member }) => member === send);
  const [only] = heard;
  if (only === undefined || heard.length > 1 || sent.length > 1) return undefined;
  if ([...heard, ...sent].some((use) => !isOnce(syntax, child, use))) return undefined;
  const code = `${child.name}.${go}()`;
  if (only.member === '') return afterAnswer(syntax, child, only, sent, code);
  return only.member === 'once' ? inHandler(syntax, child, only, code) : undefined;
}

/** How a message could be heard that {@link usesOf} does not take for listening, or the end be brought about otherwise. */
const OTHERS: ReadonlySet<string> = new Set([
  'onmessage',
  'addEventListener',
  'channel',
  'disconnect',
  'terminate',
  'unref',
  'kill',
]);

/** It stands in the list of statements where the child is started: in no loop, condition or function of its own. */
function isOnce(syntax: Syntax, { block }: Declared, { node }: Use): boolean {
  const at = syntax.statementOf(node);
  const { ts } = syntax;
  const isPlain = at && (ts.isExpressionStatement(at.statement) || ts.isVariableStatement(at.statement));
  return isPlain === true && at?.block === block;
}

function afterAnswer(
  syntax: Syntax,
  { block }: Declared,
  { node, call }: Use,
  sent: readonly Use[],
  code: string,
): TextChange | undefined {
  const statement = syntax.statementIn(block, node);
  if (!statement || !call || !syntax.ts.isAwaitExpression(call.parent)) return undefined;
  if (sent.some((use) => use.node.pos > node.pos)) return undefined;
  return syntax.after(statement, code);
}

function inHandler(syntax: Syntax, child: Declared, { call }: Use, code: string): TextChange | undefined {
  const { ts } = syntax;
  const handler = call?.arguments[1];
  if (!handler || !(ts.isArrowFunction(handler) || ts.isFunctionExpression(handler))) return undefined;
  const { body } = handler;
  const uses = syntax.uses(child.name).filter((use) => use.pos >= body.pos && use.end <= body.end);
  if (uses.length > 0) return undefined;
  if (!ts.isBlock(body)) return asBlock(body, code);
  const last = body.statements.at(-1);
  return last === undefined || mayLeave(syntax, body) ? undefined : syntax.after(last, code);
}

/** What an event's function gives back nobody uses. */
function asBlock(body: ts.Expression, code: string): TextChange {
  return { start: body.getStart(), end: body.getEnd(), text: `{ ${body.getText()}; ${code}; }` };
}

function mayLeave(syntax: Syntax, body: ts.Node): boolean {
  const { ts } = syntax;
  const leaves = (node: ts.Node): node is ts.Node => ts.isReturnStatement(node) || ts.isThrowStatement(node);
  return syntax.find(body, leaves).length > 0;
}
