/**
 * An ES module that hands on a CommonJS file's exports. Older Nodes find the names in the file itself, which holds
 * TypeScript that their scanner does not understand; in the compiled code they stand in one known form.
 */
export function commonJsFacade(file: string, code: string): string {
  const names = [...exportedNames(code)];
  const lines = [
    `import { createRequire } from 'node:module';`,
    `const loaded = createRequire(import.meta.url)(${JSON.stringify(file)});`,
    'export default loaded;',
    ...names.map((name, i) => `const e${i} = loaded.${name}; export { e${i} as ${name} };`),
  ];
  return lines.join('\n');
}

function exportedNames(code: string): Set<string> {
  const names = new Set<string>();
  const pattern = /\bexports\.([A-Za-z_$][\w$]*)\s*=[^=]|defineProperty\(exports, "([A-Za-z_$][\w$]*)"/g;
  for (const match of code.matchAll(pattern)) {
    const name = match[1] ?? match[2] ?? '';
    if (name !== '' && name !== 'default' && name !== '__esModule') names.add(name);
  }
  return names;
}
