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
