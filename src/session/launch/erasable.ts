import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isFile, meantFile } from '../typescript/meant-file.ts';

/**
 * Node strips types, but compiles nothing: enums, parameter properties, namespaces, decorators, `import x = require()`,
 * `.js` in an import that means a `.ts` file, and imports without an extension need a transformer. This looks at a script
 * and at every TypeScript file that its strings name, before anything runs, since a program that has failed half-way
 * can't be started again with another loader.
 *
 * A false alarm costs the transformer's few milliseconds a process, a miss gives Node's own clear error.
 */
const NOT_ERASABLE = [
  /^[ \t]*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w+\s*\{/m,
  /^[ \t]*(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*\{/m,
  /^[ \t]*(?:export\s+)?import\s+(?:type\s+)?\w+\s*=\s/m,
  /^[ \t]*export\s*=\s/m,
  /\bconstructor\s*\([^)]*\b(?:public|private|protected|readonly|override)\s+[\w$]/,
  /^[ \t]*@[A-Za-z_$][\w$.]*(?:\([^\n]*\))?[ \t]*(?:$|export\b|class\b|public\b|private\b|static\b|readonly\b|[\w$]+\s*[(:!?])/m,
];
/** Type assertions in angle brackets and JSX are refused by Node as well; only `.tsx` is certain to hold JSX. */
const TRANSFORMED_EXTENSIONS = new Set(['.tsx', '.jsx']);
const STRINGS = /(['"`])((?:\.{1,2}\/|[\w@-])[^'"`\n$]{0,300})\1/g;
const TYPESCRIPT = /\.(?:[cm]?ts|tsx)$/;
/** Far more than a program that is started as a script has; a bound for a folder full of generated code. */
const MOST_FILES = 1000;

/** True when the script, or a TypeScript file that it names, needs more than the removal of its types. */
export function needsTransformer(script: string): boolean {
  const seen = new Set([script]);
  for (const file of seen) {
    const text = read(file);
    if (TRANSFORMED_EXTENSIONS.has(path.extname(file)) || isNotErasable(text)) return true;
    for (const name of namedIn(text)) {
      const at = path.resolve(path.dirname(file), name);
      if (isFile(at)) {
        if (TYPESCRIPT.test(at) && !at.includes(`${path.sep}node_modules${path.sep}`)) seen.add(at);
      } else if (name.startsWith('.') && meantFile(at) !== undefined) return true;
    }
    if (seen.size > MOST_FILES) return false;
  }
  return false;
}

export function isNotErasable(text: string): boolean {
  return NOT_ERASABLE.some((pattern) => pattern.test(text));
}

function namedIn(text: string): Set<string> {
  const names = new Set<string>();
  for (const match of text.matchAll(STRINGS)) {
    const name = match[2] ?? '';
    if (name.startsWith('.') || TYPESCRIPT.test(name)) names.add(name);
  }
  return names;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
