// Collects the strings that the extension shows (`l10n.t('…')`) into l10n/bundle.l10n.json, the file that translators
// start from. `--check` only says whether it is up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bundle = path.join(root, 'l10n', 'bundle.l10n.json');

/** @param {ts.Node} node @returns {boolean} `l10n.t(…)`, `vscode.l10n.t(…)` or an imported `t(…)` */
function isTranslation(node) {
  return ts.isCallExpression(node) && /^((vscode\.)?l10n\.)?t$/.test(node.expression.getText());
}

/** @param {string} file @returns {string[]} */
function stringsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node) && isTranslation(node)) {
      const [message] = node.arguments;
      if (!message || !ts.isStringLiteralLike(message)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        throw new Error(`${file}:${line + 1}: l10n.t needs a string literal, since it is looked up by it`);
      }
      found.push(message.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The bundle's text as the sources ask for it. */
export function collect() {
  const files = ['extension', 'webview', 'model/words'].flatMap((part) => {
    const folder = path.join(root, 'src', part);
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.ts')).map((name) => path.join(folder, name));
  });
  const strings = [...new Set(files.flatMap(stringsOf))].sort();
  return `${JSON.stringify(Object.fromEntries(strings.map((s) => [s, s])), null, 2)}\n`;
}

/** What is wrong with the bundle that is committed. @returns {string[]} */
export function bundleProblems() {
  return readFileSync(bundle, 'utf8') === collect()
    ? []
    : ['l10n/bundle.l10n.json is not up to date: run node scripts/l10n.mjs'];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(bundle, collect());
  for (const problem of bundleProblems()) {
    console.error(problem);
    process.exitCode = 1;
  }
}
