import path from 'node:path';
import { meantFile } from '../typescript/meant-file.ts';
import { namedFiles } from './named-files.ts';

/**
 * Node strips types, but compiles nothing: enums, parameter properties, namespaces, decorators, `import x = require()`,
 * `.js` in an import that means a `.ts` file, `paths`, and imports without an extension need a transformer. This looks at a script
 * and at every TypeScript file that its strings name, before anything runs, since a program that has failed half-way
 * can't be started again with another loader.
 *
 * A false alarm costs the transformer's few milliseconds a process, a miss gives Node's own clear error.
 */
const NOT_ERASABLE = [
  /(?:^|;)[ \t]*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w+\s*\{/m,
  /^[ \t]*(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*\{/m,
  /(?:^|;)[ \t]*(?:export\s+)?import\s+(?:type\s+)?\w+\s*=\s/m,
  /^[ \t]*export\s*=\s/m,
  /\bconstructor\s*\([^)]*\b(?:public|private|protected|readonly|override)\s+[\w$]/,
  /^[ \t]*@[A-Za-z_$][\w$.]*(?:\([^\n]*\))?[ \t]*(?:$|export\b|class\b|public\b|private\b|static\b|readonly\b|[\w$]+\s*[(:!?])/m,
];
/** Type assertions in angle brackets and JSX are refused by Node as well; only `.tsx` is certain to hold JSX. */
const TRANSFORMED_EXTENSIONS = new Set(['.tsx', '.jsx']);
const TYPESCRIPT = /\.(?:[cm]?ts|tsx)$/;

/** True when the script, or a TypeScript file that it names, needs more than the removal of its types. */
export function needsTransformer(script: string): boolean {
  for (const found of namedFiles(script, TYPESCRIPT)) {
    if (found === undefined) return false;
    const { file, text, missing, hasAlias } = found;
    if (TRANSFORMED_EXTENSIONS.has(path.extname(file)) || isNotErasable(text)) return true;
    if (hasAlias || missing.some((name) => meantFile(name) !== undefined)) return true;
  }
  return false;
}

export function isNotErasable(text: string): boolean {
  return NOT_ERASABLE.some((pattern) => pattern.test(text));
}
