import path from 'node:path';
import type ts from 'typescript';

type TypeScript = typeof ts;
/** How TypeScript itself applies `include` and `exclude`; not in its published types. */
interface Matching {
  matchFiles(
    folder: string,
    extensions: readonly string[] | undefined,
    excludes: readonly string[] | undefined,
    includes: readonly string[] | undefined,
    caseSensitive: boolean,
    currentFolder: string,
    depth: number | undefined,
    entriesOf: (folder: string) => { readonly files: string[]; readonly directories: string[] },
    realPath: (file: string) => string,
  ): string[];
}

const CONFIGS = ['tsconfig.json', 'jsconfig.json'];

/**
 * The configuration of TypeScript to which a file belongs; `undefined`: to none, and the editor looks at the file by itself.
 * @param root no configuration above this folder is asked
 */
export function configOf(typescript: TypeScript, file: string, root: string): string | undefined {
  for (const folder of upTo(path.dirname(file), root)) {
    const all = CONFIGS.map((name) => path.join(folder, name)).filter((one) =>
      typescript.sys.fileExists(one),
    );
    const found = all
      .flatMap((config) => withReferences(typescript, config))
      .find((config) => includes(typescript, config, file));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Would a configuration take a file in, which need not be there? What it extends is asked too. */
export function includes(typescript: TypeScript, config: string, file: string): boolean {
  const wanted = slashes(file);
  const entriesOf = (folder: string) => {
    const left = path.posix.relative(slashes(folder), wanted).split('/');
    const [name = ''] = left;
    if (name === '' || name === '..') return { files: [], directories: [] };
    return left.length === 1 ? { files: [name], directories: [] } : { files: [], directories: [name] };
  };
  const { matchFiles } = typescript as unknown as Matching;
  const { sys } = typescript;
  const parsed = typescript.getParsedCommandLineOfConfigFile(config, undefined, {
    ...hostOf(typescript),
    readDirectory: (folder, extensions, excludes, patterns, depth) =>
      matchFiles(
        folder,
        extensions,
        excludes,
        patterns,
        sys.useCaseSensitiveFileNames,
        folder,
        depth,
        entriesOf,
        (one) => one,
      ),
  });
  return parsed?.fileNames.some((one) => slashes(one) === wanted) ?? false;
}

/** A folder and those above it, up to `root`. */
export function upTo(folder: string, root: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = path.dirname(at)) {
    found.push(at);
    if (at === root || path.dirname(at) === at) return found;
  }
}

/** The configuration itself, and the projects that it refers to, as an editor asks them. */
function withReferences(typescript: TypeScript, config: string): string[] {
  // Nothing is searched: what it includes is asked for one file after.
  const host = { ...hostOf(typescript), readDirectory: () => [] };
  const { projectReferences = [] } =
    typescript.getParsedCommandLineOfConfigFile(config, undefined, host) ?? {};
  return [config, ...projectReferences.map((one) => typescript.resolveProjectReferencePath(one))];
}

function hostOf({ sys }: TypeScript): Omit<ts.ParseConfigFileHost, 'readDirectory'> {
  return {
    useCaseSensitiveFileNames: sys.useCaseSensitiveFileNames,
    fileExists: sys.fileExists,
    readFile: sys.readFile,
    getCurrentDirectory: sys.getCurrentDirectory,
    // A file that cannot be read is no configuration; the editor says so itself.
    onUnRecoverableConfigFileDiagnostic: () => undefined,
  };
}

function slashes(file: string): string {
  return file.replaceAll('\\', '/');
}
