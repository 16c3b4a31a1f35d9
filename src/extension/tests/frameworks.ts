/** What runs the tests of a file. */
export type Framework = 'node:test' | 'vitest' | 'jest';

/** What is used of a package.json. */
export interface PackageFacts {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  /** Configuration of jest. */
  readonly jest?: unknown;
}

/** A folder on the way from a file to its workspace folder. */
export interface FolderFacts {
  readonly path: string;
  readonly package: PackageFacts | undefined;
  /** Names of the files in it. */
  readonly files: readonly string[];
}

/** What runs a file's tests, and in which folder. */
export interface TestHome {
  readonly framework: Framework;
  readonly folder: string;
}

const IMPORTS: readonly (readonly [Framework, RegExp])[] = [
  ['node:test', /(?:from|require\(|import\(|import)\s*["']node:test["']/],
  ['vitest', /(?:from|require\(|import\(|import)\s*["']vitest["']/],
  ['jest', /(?:from|require\(|import\(|import)\s*["']@jest\/globals["']/],
];

/**
 * By what it imports, else by the nearest folder that has one of them as a dependency or configured; `undefined`: nobody knows.
 * @param folders the nearest first
 */
export function homeOf(text: string, folders: readonly FolderFacts[]): TestHome | undefined {
  const imported = IMPORTS.find(([, pattern]) => pattern.test(text))?.[0];
  const nearest = folders.find((folder) => folder.package) ?? folders.at(-1);
  if (imported === 'node:test') return nearest && { framework: imported, folder: nearest.path };
  for (const folder of folders) {
    const has = (['vitest', 'jest'] as const).filter((framework) => uses(folder, framework));
    const framework = has.find((one) => one === imported) ?? (imported === undefined ? has[0] : undefined);
    if (framework !== undefined) return { framework, folder: folder.path };
  }
  return undefined;
}

function uses({ package: facts, files }: FolderFacts, framework: 'vitest' | 'jest'): boolean {
  return (
    facts?.dependencies?.[framework] !== undefined ||
    facts?.devDependencies?.[framework] !== undefined ||
    (framework === 'jest' && facts?.jest !== undefined) ||
    files.some((name) => name.startsWith(`${framework}.config.`))
  );
}
