// Finds circles of imports between folders of src, at every level, of types too: what imports each other is one thing in
// two places, and can be neither read nor changed alone.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './parts.mjs';

/** The node of a folder's own files, beside those of the folders in it. */
const OWN = '(its own files)';

/** @param {string} file @returns {string[]} files that it imports by relative paths */
function importsOf(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(root, file), 'utf8'), true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => path.posix.join(path.posix.dirname(file), name));
}

/**
 * Where two paths part: the folder that holds both, and the one below it on each side.
 * @param {string} from @param {string} to
 */
function parting(from, to) {
  const [a, b] = [from.split('/'), to.split('/')];
  let at = 0;
  while (at < a.length - 1 && at < b.length - 1 && a[at] === b[at]) at++;
  const side = (/** @type {string[]} */ parts) => (at < parts.length - 1 ? (parts[at] ?? OWN) : OWN);
  return { parent: a.slice(0, at).join('/'), from: side(a), to: side(b) };
}

/**
 * @param {ReadonlyMap<string, ReadonlyMap<string, string>>} arrows
 * @returns {string[] | undefined} the folders of one circle, the first again at its end
 */
function circleIn(arrows) {
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {string[]} */
  const way = [];
  /** @param {string} node @returns {string[] | undefined} */
  const visit = (node) => {
    const seen = way.indexOf(node);
    if (seen >= 0) return [...way.slice(seen), node];
    if (done.has(node)) return undefined;
    way.push(node);
    for (const next of arrows.get(node)?.keys() ?? []) {
      const circle = visit(next);
      if (circle) return circle;
    }
    way.pop();
    done.add(node);
    return undefined;
  };
  for (const node of arrows.keys()) {
    const circle = visit(node);
    if (circle) return circle;
  }
  return undefined;
}

/** @param {readonly string[]} files of src @returns {string[]} one line for each folder in which others go round in a circle */
export function circlesBetweenFolders(files) {
  /** @type {Map<string, Map<string, Map<string, string>>>} parent → folder → folder → an import that shows it */
  const levels = new Map();
  for (const file of files) {
    for (const imported of importsOf(file)) {
      const { parent, from, to } = parting(file, imported);
      if (from === to) continue;
      const arrows = levels.get(parent) ?? new Map();
      levels.set(parent, arrows);
      const targets = arrows.get(from) ?? new Map();
      arrows.set(from, targets);
      if (!targets.has(to)) targets.set(to, `${file} imports ${imported}`);
    }
  }
  return [...levels].flatMap(([parent, arrows]) => {
    const circle = circleIn(arrows);
    if (!circle) return [];
    const steps = circle.slice(1).map((to, i) => `  ${arrows.get(circle[i] ?? '')?.get(to)}`);
    return [`${parent}: ${circle.join(' → ')}`, ...steps];
  });
}
