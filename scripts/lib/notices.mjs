// The licences of what is bundled: they ask to go with every copy.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PACKAGE = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!(?:.*\/)?node_modules\/)/;

/**
 * Folders of the packages from which bundles were made, relative to the root, sorted by name.
 * @param {Iterable<string>} inputs files that esbuild has read, relative to the root
 */
export function packagesOf(inputs) {
  /** @type {Map<string, string>} */
  const folders = new Map();
  for (const input of inputs) {
    const found = PACKAGE.exec(input);
    if (found?.[1]) folders.set(input.slice(0, found.index + found[0].length - 1), found[1]);
  }
  return [...folders].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([folder]) => folder);
}

/**
 * Name, version, licence and its text for each package.
 * @param {string} root
 * @param {readonly string[]} folders relative to the root
 * @throws {Error} when a package has no licence text: then nobody knows whether it may be given away
 */
export function noticesOf(root, folders) {
  const parts = folders.map((folder) => {
    const at = path.join(root, folder);
    const about = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'));
    const { name, version, license } = about;
    const texts = readdirSync(at)
      .filter((file) => /^(licen[cs]e|notice|third-?party)/i.test(file))
      .map((file) => readFileSync(path.join(at, file), 'utf8').trim());
    if (texts.length === 0 && license === 'MIT') texts.push(mitOf(root, about));
    if (texts.length === 0) throw new Error(`${name} has no licence text in ${folder}`);
    return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
  });
  return [HEAD, ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * Of a package that only names the licence: the same words as this project's.
 * @param {string} root @param {{ author?: { name?: string } | string, name: string }} about
 */
function mitOf(root, { author, name }) {
  const who = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
  const terms = readFileSync(path.join(root, 'LICENSE'), 'utf8').replace(/^[\s\S]*?(?=Permission is)/, '');
  return `MIT License\n\nCopyright (c) ${who}\n\n${terms.trim()}`;
}

const HEAD = 'Forkscope contains parts of these packages, under their own licences.\n';

/** @param {string} root @param {string} name @returns {string[]} its folder, where it is installed */
export function installed(root, name) {
  return existsSync(path.join(root, 'node_modules', name)) ? [`node_modules/${name}`] : [];
}
