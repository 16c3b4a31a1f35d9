import { TargetError } from '../errors/errors.ts';
import { type AnyFunction, registeredTask } from '../tasks/task.ts';
import { candidates, follow } from './exports.ts';
import type { Reference } from './function-reference.ts';
import { notExportedMessage } from './reference.ts';

type Load = (module: string, commonjs: boolean) => Promise<unknown>;

/** Child's side of finding a function. @throws TargetError saying what to do */
export async function resolveReference(reference: Reference, what: string, load: Load): Promise<AnyFunction> {
  const namespace = await load(reference.url, reference.commonjs);
  if (reference.kind === 'task') return findTask(reference, what);
  if (reference.kind === 'export') return findExport(reference, namespace, what);
  return findByText(reference, namespace, what);
}

function findTask(reference: Extract<Reference, { kind: 'task' }>, what: string): AnyFunction {
  const fn = registeredTask(reference);
  if (fn !== undefined) return fn;
  throw new TargetError(
    `${what} "${reference.name}" is not registered by ${reference.url} when the child imports it: call ` +
      `task(import.meta, '${reference.name}', …) at the top level of the file, outside of the isMain guard`,
  );
}

function findExport(
  reference: Extract<Reference, { kind: 'export' }>,
  namespace: unknown,
  what: string,
): AnyFunction {
  const fn = follow(namespace, reference.path);
  if (typeof fn === 'function') return fn as AnyFunction;
  throw new TargetError(
    `${what}: ${reference.url} has no exported function "${reference.path.join('.')}" in the child`,
  );
}

/** The parent could not see the exports, so the function is known by its text: one with the same name if there is, else any. */
function findByText(
  reference: Extract<Reference, { kind: 'source' }>,
  namespace: unknown,
  what: string,
): AnyFunction {
  const same = [...candidates(namespace)].map(({ fn }) => fn).filter((fn) => String(fn) === reference.text);
  const distinct = [...new Set(same)];
  const named = distinct.filter((fn) => fn.name === reference.name);
  const matching = named.length > 0 ? named : distinct;
  const [only] = matching;
  if (only === undefined) throw new TargetError(notExportedMessage(reference.name, what, reference.where));
  if (matching.length === 1) return only;
  throw new TargetError(
    `${what} "${reference.name}" (${reference.where}) looks the same as another export of its module, so the child cannot ` +
      `tell which one is meant; register it: task(import.meta, '${reference.name}', …)`,
  );
}
