import type ts from 'typescript';
import type { ChainLink, Finding, FindingSite } from '../../model/types/index.ts';
import { type Acquisition, acquisitionAt, acquisitions } from './locks.ts';
import type { Syntax, TextChange } from './syntax.ts';

/** Where one thread takes two locks one after the other. */
export interface OrderSide {
  readonly first: PlaceOfLock;
  readonly second: PlaceOfLock;
}
export interface PlaceOfLock {
  readonly site: NonNullable<ChainLink['site']>;
  /** Id of the lock. */
  readonly resource: string;
}

/** The two threads of a finding that take the same two locks in different orders. */
export function orderSides(finding: Finding): readonly OrderSide[] {
  const acquired = finding.sites.filter(({ role }) => role === 'acquired');
  const sides =
    finding.kind === 'lock-cycle'
      ? finding.chain.flatMap((link) => waitingSide(link, acquired))
      : inPairs(acquired);
  const [a, b] = sides;
  if (sides.length !== 2 || finding.resources.length !== 2 || !a || !b) return [];
  const crosses = a.first.resource === b.second.resource && a.second.resource === b.first.resource;
  return crosses && a.first.resource !== a.second.resource ? sides : [];
}

function waitingSide(link: ChainLink, acquired: readonly FindingSite[]): OrderSide[] {
  const { site, resource, thread, waitKind } = link;
  const held = acquired.filter((one) => one.thread === thread && one.resource !== resource);
  const [first] = held;
  if (waitKind !== 'waitAcquire' || !site || !resource || !first?.resource || held.length > 1) return [];
  return [{ first: { site: first, resource: first.resource }, second: { site, resource } }];
}

function inPairs(acquired: readonly FindingSite[]): OrderSide[] {
  const places = acquired.flatMap((site) => (site.resource ? [{ site, resource: site.resource }] : []));
  const [a, b, c, d] = places;
  if (!a || !b || !c || !d || places.length > 4) return [];
  return [
    { first: a, second: b },
    { first: c, second: d },
  ];
}

/** How a site of a finding is found in the file as it is now. */
export type Locate = (
  site: PlaceOfLock['site'],
) => { readonly syntax: Syntax; readonly line: number; readonly column: number } | undefined;

/** Two statements, one right after the other, that take two locks. */
interface Pair {
  readonly syntax: Syntax;
  readonly first: Acquisition;
  readonly second: Acquisition;
}

/**
 * Swaps the two statements of a side. Only where nothing stands between them, the same names stand for the locks on the other side, and
 * all functions of these files that take both locks take them in one order then: else another deadlock would be made of this one.
 */
export function swapLocks(
  side: OrderSide,
  other: OrderSide,
  locate: Locate,
): { readonly syntax: Syntax; readonly changes: readonly TextChange[] } | undefined {
  const [mine, others] = [pairOf(side, locate), pairOf(other, locate)];
  if (!mine || !others || mine.first.statement === others.first.statement) return undefined;
  if (mine.first.lock !== others.second.lock || mine.second.lock !== others.first.lock) return undefined;
  const files = new Set([mine.syntax, others.syntax]);
  if (![...files].every((syntax) => agrees(syntax, mine))) return undefined;
  const [a, b] = [mine.first.statement, mine.second.statement];
  const changes = [replaced(a, b), replaced(b, a)];
  return { syntax: mine.syntax, changes };
}

function pairOf({ first, second }: OrderSide, locate: Locate): Pair | undefined {
  const [a, b] = [locate(first.site), locate(second.site)];
  if (!a || !b || a.syntax !== b.syntax) return undefined;
  const [one, two] = [acquisitionAt(a.syntax, a), acquisitionAt(b.syntax, b)];
  if (!one || !two || one.block !== two.block) return undefined;
  const { statements } = one.block;
  if (statements.indexOf(two.statement) !== statements.indexOf(one.statement) + 1) return undefined;
  return { syntax: a.syntax, first: one, second: two };
}

/** Would every function of a file take the two locks in the order that the swap makes? */
function agrees(syntax: Syntax, { first, second }: Pair): boolean {
  const { ts } = syntax;
  const [after, before] = [first.lock, second.lock];
  const byFunction = new Map<ts.Node, string[]>();
  for (const { lock, call } of acquisitions(syntax)) {
    if (lock !== before && lock !== after) continue;
    const { name } = call.expression as ts.PropertyAccessExpression;
    // What is done inside of `with` is another function.
    if (name.text.startsWith('with')) return false;
    const isSwapped = [first, second].some(({ statement }) => contains(statement, call));
    const taken = isSwapped ? (lock === before ? after : before) : lock;
    const within = functionOf(ts, call);
    byFunction.set(within, [...(byFunction.get(within) ?? []), taken]);
  }
  return [...byFunction.values()].every(
    (locks) => !locks.includes(after) || !locks.includes(before) || isOrdered(locks, before),
  );
}

/** First all acquisitions of one lock, then those of the other. */
function isOrdered(locks: readonly string[], before: string): boolean {
  return locks.lastIndexOf(before) === locks.filter((lock) => lock === before).length - 1;
}

function contains(outer: ts.Node, { pos, end }: ts.Node): boolean {
  return outer.pos <= pos && end <= outer.end;
}

function functionOf(typescript: Syntax['ts'], node: ts.Node): ts.Node {
  let at = node;
  while (at.parent && !typescript.isFunctionLike(at)) at = at.parent;
  return at;
}

function replaced(node: ts.Node, by: ts.Node): TextChange {
  return { start: node.getStart(), end: node.getEnd(), text: by.getText() };
}
