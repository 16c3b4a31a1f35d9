// How the bundles import Node's own modules.
import { builtinModules, createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const NAMESPACE = 'builtin';
const BUILTINS = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);

/**
 * Imports of Node's modules as plain requires. esbuild's own way copies every property of every such module into an
 * object of getters when the bundle loads: a millisecond for each process that loads the shim.
 * @type {import('esbuild').Plugin}
 */
export const builtins = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind, namespace }) => {
      if (!BUILTINS.has(path)) return undefined;
      // Real requires, of libraries and of the modules below, stay what they are.
      if (kind !== 'import-statement' || namespace === NAMESPACE) return { path, external: true };
      return { path, namespace: NAMESPACE, sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: moduleOf(path) }));
  },
};

/**
 * string-width builds its patterns of all emoji when it loads: 16 ms of each start, for what few programs print.
 * @type {import('esbuild').Plugin}
 */
export const lazyWidth = {
  name: 'lazy-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ kind, path }) =>
      kind === 'import-statement' ? { path, namespace: 'lazy' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: "let width; export default (text) => (width ??= require('string-width').default)(text);",
      resolveDir: build.initialOptions.absWorkingDir ?? process.cwd(),
    }));
  },
};

/** What is not used of it is shaken off: every read is marked as pure. @param {string} name */
function moduleOf(name) {
  const exported = Object.keys(require(name)).filter(
    (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== 'default',
  );
  return [
    `const builtin = /* @__PURE__ */ require(${JSON.stringify(name)});`,
    'const get = (key) => builtin[key];',
    'export default builtin;',
    ...exported.map(
      (key) => `const its_${key} = /* @__PURE__ */ get('${key}'); export { its_${key} as ${key} };`,
    ),
  ].join('\n');
}
