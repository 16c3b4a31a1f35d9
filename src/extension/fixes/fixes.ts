import * as l10n from '@vscode/l10n';
import { type Finding, type FindingSite, outputOf } from '../../model/types/index.ts';
import { placeText } from '../../model/words/index.ts';
import { letGo } from './last-message.ts';
import { type Locate, orderSides, swapLocks } from './lock-order.ts';
import { releaseInFinally } from './locks.ts';
import { endStdin, readOutput } from './streams.ts';
import type { Declared, Syntax, TextChange } from './syntax.ts';

/** An edit of one file that mends what a finding is about. */
export interface Fix {
  readonly title: string;
  readonly syntax: Syntax;
  readonly changes: readonly TextChange[];
}

/** What is known beside the finding. */
export interface Around {
  /** The place of a site in its file as it is now; `undefined`: the file or the line was changed. */
  readonly locate: Locate;
  /** Was a thread ended by an error that it threw? Only then does a `finally` run. */
  threw(thread: string): boolean;
}

/** Makes the edits of one finding; none where it is not clear from the code that the edit does no harm. */
type Maker = (finding: Finding, around: Around) => readonly (Fix | undefined)[];

const MAKERS: Partial<Record<Finding['kind'], Maker>> = {
  'stdin-not-ended': (finding, around) =>
    atDeclarations(finding, around, ['created', 'started'], (syntax, child) =>
      fix(syntax, endStdin(syntax, child), l10n.t('End the child’s stdin: {0}', `${child.name}.stdin.end()`)),
    ),
  'stdout-not-drained': (finding, around) => {
    const outputs = finding.resources.map(outputOf).filter((output) => output !== null);
    return outputs.flatMap((output) =>
      atDeclarations(finding, around, ['started'], (syntax, child) =>
        fix(
          syntax,
          readOutput(syntax, child, output),
          l10n.t('Read the child’s {0} and drop it: {1}', output, `${child.name}.${output}.resume()`),
        ),
      ),
    );
  },
  'ipc-keeps-alive': (finding, around) =>
    atDeclarations(finding, around, ['created', 'started'], (syntax, child) =>
      fix(
        syntax,
        letGo(syntax, child, { send: 'send', go: 'disconnect' }),
        l10n.t('Disconnect the child when it has answered: {0}', `${child.name}.disconnect()`),
      ),
    ),
  'port-keeps-alive': lettingGo,
  'crossed-acks': (finding, around) => (isAnswered(finding) ? lettingGo(finding, around) : []),
  'owner-died': released,
  'worker-died-holding-lock': released,
  'lock-cycle': reordered,
  'lock-order-inversion': reordered,
};

/** Has the finding a kind for which there may be an edit? */
export function mayBeMended({ kind }: Finding): boolean {
  return MAKERS[kind] !== undefined;
}

/** The edits that mend a finding, each once. */
export function fixesOf(finding: Finding, around: Around): readonly Fix[] {
  const made = MAKERS[finding.kind]?.(finding, around) ?? [];
  const fixes = new Map<string, Fix>();
  for (const one of made) {
    const key = one && [one.syntax.file.fileName, ...one.changes.map(({ start }) => start)].join(' ');
    if (one && key !== undefined && !fixes.has(key)) fixes.set(key, one);
  }
  return [...fixes.values()];
}

function fix(syntax: Syntax, change: TextChange | undefined, title: string): Fix | undefined {
  return change && { title, syntax, changes: [change] };
}

/** What can be made of the names that the calls at a finding's sites have given to what they made. */
function atDeclarations(
  { sites }: Finding,
  { locate }: Around,
  roles: readonly FindingSite['role'][],
  make: (syntax: Syntax, made: Declared) => Fix | undefined,
): (Fix | undefined)[] {
  return sites
    .filter(({ role }) => roles.includes(role))
    .map((site) => {
      const at = locate(site);
      const made = at?.syntax.declared(at);
      return at && made && make(at.syntax, made);
    });
}

/** Of workers that have answered, and wait for the next question. */
function lettingGo(finding: Finding, around: Around): (Fix | undefined)[] {
  return atDeclarations(finding, around, ['created'], (syntax, worker) =>
    syntax.ts.isNewExpression(worker.call)
      ? fix(
          syntax,
          letGo(syntax, worker, { send: 'postMessage', go: 'unref' }),
          l10n.t('Let the worker go when it has answered: {0}', `${worker.name}.unref()`),
        )
      : undefined,
  );
}

/** Have only those sent without an answer who were started by others: each has answered itself? */
function isAnswered({ sites }: Finding): boolean {
  const starters = new Set(sites.filter(({ role }) => role === 'created').map(({ thread }) => thread));
  const senders = sites.filter(({ role }) => role === 'sent');
  return senders.length > 0 && senders.every(({ thread }) => !starters.has(thread));
}

function released({ sites }: Finding, { locate, threw }: Around): (Fix | undefined)[] {
  return sites
    .filter(({ role, thread }) => role === 'acquired' && threw(thread))
    .map((site) => {
      const at = locate(site);
      return (
        at && fix(at.syntax, releaseInFinally(at.syntax, at), l10n.t('Release the lock in a finally block'))
      );
    });
}

function reordered(finding: Finding, { locate }: Around): (Fix | undefined)[] {
  const [a, b] = orderSides(finding);
  if (!a || !b) return [];
  return [
    [a, b],
    [b, a],
  ].map(([side, other]) => {
    const swapped = side && other && swapLocks(side, other, locate);
    const [here, there] = [placeText(side?.first.site ?? null), placeText(other?.first.site ?? null)];
    return swapped && { ...swapped, title: l10n.t('Take the locks at {0} in the order of {1}', here, there) };
  });
}
