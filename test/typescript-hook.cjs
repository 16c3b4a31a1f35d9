// Loads the tests' own TypeScript programs as CommonJS modules. tsx takes 200 ms of processor time in each process, and the tests
// start thousands: this takes what is compiled from a cache. For `--require`; children and threads inherit it.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const cache = path.join(__dirname, '..', 'node_modules', '.cache', 'forkscope-test-programs');

/** @param {string} source @param {string} file */
function compile(source, file) {
  const { transformSync } = require('esbuild');
  return transformSync(source, {
    loader: 'ts',
    format: 'cjs',
    target: 'node20',
    sourcefile: file,
    sourcemap: 'inline',
    sourcesContent: false,
    define: { 'import.meta': 'import_meta' },
    // Node 20 could not import another file like this one.
    supported: { 'dynamic-import': false },
  }).code;
}

/** @param {string} file */
function compiled(file) {
  const source = readFileSync(file, 'utf8');
  const entry = path.join(cache, `${createHash('sha1').update(`${file}\n${source}`).digest('hex')}.js`);
  try {
    return readFileSync(entry, 'utf8');
  } catch {
    const code = compile(source, file);
    mkdirSync(cache, { recursive: true });
    // Several processes may do so at once: each sees a whole file.
    const own = `${entry}.${process.pid}`;
    writeFileSync(own, code);
    renameSync(own, entry);
    return code;
  }
}

const META =
  'const import_meta = { url: require("node:url").pathToFileURL(__filename).href, filename: __filename, dirname: __dirname };';
// @ts-expect-error Node's types have no `_extensions`.
Module._extensions['.ts'] = (module, file) => {
  // On the first line, so that all others keep their numbers.
  module._compile(`${META}${compiled(file)}`, file);
};
