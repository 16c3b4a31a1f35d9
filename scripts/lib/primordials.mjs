// What the language brings, as it is when the shim loads: a program may replace any of it afterwards (test libraries do, and
// so do attacks), and the shim must neither be fooled by that nor throw into the program.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Functions that are called on these objects. `Atomics` is not among them: the shim itself replaces what that has. */
const NAMESPACES = { Array, BigInt, JSON, Math, Number, Object, Reflect, String, Symbol };
const CONSTRUCTORS = ['Array', 'BigInt', 'Boolean', 'Error', 'Number', 'Object', 'Proxy', 'String', 'Symbol'];
/** Their methods are looked up on a prototype that only the shim has. */
const COLLECTIONS = ['Map', 'Set', 'WeakMap', 'WeakSet'];

/**
 * For a bundle: replacements of `Reflect.apply` and the like by constants, and the code that makes the constants, to be put in
 * front of everything else.
 * @param {string[]} folders where the bundle's sources are
 */
export function capturedPrimordials(folders) {
  const text = folders.map(sourceOf).join('\n');
  /** @type {Record<string, string>} */
  const define = {};
  const constants = [];
  for (const [name, namespace] of Object.entries(NAMESPACES)) {
    for (const key of Object.getOwnPropertyNames(namespace)) {
      if (!new RegExp(`\\b${name}\\.${key}\\b`).test(text)) continue;
      if (typeof Reflect.get(namespace, key) !== 'function' || key === 'prototype') continue;
      define[`${name}.${key}`] = `$${name}_${key}`;
      constants.push(`$${name}_${key}=${name}.${key}${name === 'Symbol' ? '.bind(Symbol)' : ''}`);
    }
  }
  for (const name of CONSTRUCTORS) {
    define[name] = `$${name}`;
    constants.push(`$${name}=${name}`);
  }
  for (const name of COLLECTIONS) {
    define[name] = `$${name}`;
    constants.push(`$${name}=$own(class extends ${name}{})`);
  }
  const own =
    '$own=C=>{const p=C.prototype,b=Object.getPrototypeOf(p);' +
    'for(const k of Reflect.ownKeys(b))k==="constructor"||Object.defineProperty(p,k,Object.getOwnPropertyDescriptor(b,k));return C}';
  return { define, code: `const ${[own, ...constants].join(',')};` };
}

/** @param {string} folder @returns {string} */
function sourceOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
}
