const ADDED = `// Added by the editor’s command “Forkscope: Add Types to Project”, which also brings it up to date.
// Delete it when the package itself is installed: this file would go before it.
`;
const MARK = /^\/\/ Types of forkscope /;

/** Was a file written by the command? Others are left alone. */
export function isOurs(text: string): boolean {
  return MARK.test(text);
}

/**
 * Types of the package as a file among a project's sources: an ambient module, found by every kind of project.
 * @param types the module of declarations, a comment in its first line
 */
export function ambientModule(types: string): string {
  const [head = '', ...lines] = types.trimEnd().split('\n');
  // What stands in an ambient module is declared already.
  const body = lines.map((line) => line.replace(/^(export )?declare /, '$1')).map(indented);
  return `${head}\n${ADDED}declare module 'forkscope' {\n${body.join('\n')}\n}\n`;
}

/** Types of the package as a package of their own. @returns texts by file name */
export function typesPackage(types: string, version: string): Readonly<Record<string, string>> {
  const [head = '', ...lines] = types.split('\n');
  const manifest = { name: '@types/forkscope', version, types: 'index.d.ts' };
  return {
    'index.d.ts': `${head}\n${ADDED}${lines.join('\n')}`,
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
  };
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}
