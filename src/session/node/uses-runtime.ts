import { isInPackage, namedFiles } from './named-files.ts';

/** `import(…)` and `require(…)` of a computed name: what is loaded cannot be read from the text. */
const COMPUTED = /\b(?:import|require)\s*\(\s*[^'"`\s)]/;

/**
 * May a program import the package `forkscope`? False only when none of its files names it, and none loads modules by
 * computed names. What belongs to a package may load anything.
 * @param script absolute path
 */
export function mayUseRuntime(script: string): boolean {
  if (isInPackage(script)) return true;
  for (const found of namedFiles(script)) {
    if (found === undefined || found.text.includes('forkscope') || COMPUTED.test(found.text)) return true;
  }
  return false;
}
