// What an extension file may contain, and how large it may be.
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import yauzl from 'yauzl';

const MEGABYTE = 1024 * 1024;
const LARGEST = 8 * MEGABYTE;

/** Everything that may be in it; a native binary only of the package's own platform. @param {string} platform */
const allowed = (platform) => [
  /^(\[Content_Types\]\.xml|extension\.vsixmanifest)$/,
  /^extension\/(package(\.nls(\.[\w-]+)?)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/i,
  /^extension\/media\/[\w./-]+\.(svg|png|md)$/,
  /^extension\/media\/example\/[\w./-]+\.(ts|json)$/,
  /^extension\/l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^extension\/dist\/[\w-]+\.(cjs|mjs|js|wasm)(\.LEGAL\.txt)?$/,
  /^extension\/dist\/webview\/[\w-]+\.(js|css)(\.LEGAL\.txt)?$/,
  /^extension\/dist\/forkscope\.d\.ts$/,
  /^extension\/dist\/THIRD-PARTY-NOTICES\.txt$/,
  ...(platform.startsWith('win32') ? [/^extension\/dist\/vendor\/fastlist-[\w.-]+\.exe$/] : []),
  new RegExp(
    `^extension/dist/native/${platform}/([\\w-]+/koffi\\.node|index\\.js|package\\.json|README\\.md)$`,
  ),
];

const NEEDED = [
  'package.json',
  'LICENSE.txt',
  'dist/extension.cjs',
  'dist/cli.js',
  'dist/shim.cjs',
  'dist/core-shim.cjs',
  'dist/make-shim-cache.cjs',
  'dist/runtime.cjs',
  'dist/forkscope.d.ts',
  'dist/THIRD-PARTY-NOTICES.txt',
];

/**
 * Lists an extension file and says what is wrong with it.
 * @param {string} file
 * @param {string} platform the one folder of dist/native
 * @param {string[]} secrets texts that no file in it may contain, such as this machine's folders
 */
export async function inspectVsix(file, platform, secrets) {
  const entries = await readEntries(file);
  const size = statSync(file).size;
  const problems = entries
    .filter(({ name }) => !allowed(platform).some((pattern) => pattern.test(name)))
    .map(({ name }) => `${name} does not belong into the package`);
  for (const name of NEEDED) {
    if (!entries.some((entry) => entry.name === `extension/${name}`)) problems.push(`${name} is missing`);
  }
  if (!entries.some(({ name }) => name.endsWith('koffi.node'))) problems.push('the FFI library is missing');
  for (const { name, text } of entries) {
    // A native binary names the machine on which its author built it.
    if (/\.(node|exe)$/.test(name)) continue;
    for (const secret of secrets)
      if (text.includes(`${secret}/`)) problems.push(`${name} contains ${secret}/`);
  }
  if (size > LARGEST) problems.push(`it has ${size} bytes, more than ${LARGEST}`);
  return { entries, size, problems };
}

/** @param {string} file @returns {Promise<{ name: string, size: number, text: string }[]>} sizes unpacked, in bytes */
async function readEntries(file) {
  const zip = await promisify(/** @type {any} */ (yauzl.open))(file, { lazyEntries: true });
  /** @type {{ name: string, size: number, text: string }[]} */
  const entries = [];
  return new Promise((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', async (/** @type {yauzl.Entry} */ entry) => {
      if (entry.fileName.endsWith('/')) return zip.readEntry();
      try {
        const stream = await promisify(zip.openReadStream.bind(zip))(entry);
        const chunks = [];
        for await (const chunk of stream) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString('latin1');
        entries.push({ name: entry.fileName, size: entry.uncompressedSize, text });
        zip.readEntry();
      } catch (error) {
        reject(error);
      }
    });
    zip.readEntry();
  });
}
