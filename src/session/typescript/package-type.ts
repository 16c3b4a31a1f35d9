import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What decides whether a file is an ES module. */
export type PackageType = 'module' | 'commonjs' | 'none';

const known = new Map<string, PackageType>();

/** `type` of the nearest package.json; by the extension for those that say it themselves. */
export function packageTypeOf(file: string): PackageType {
  const extension = path.extname(file);
  if (extension === '.mts') return 'module';
  if (extension === '.cts') return 'commonjs';
  return ofFolder(path.dirname(file));
}

function ofFolder(folder: string): PackageType {
  const cached = known.get(folder);
  if (cached !== undefined) return cached;
  const parent = path.dirname(folder);
  const type = read(folder) ?? (parent === folder ? 'none' : ofFolder(parent));
  known.set(folder, type);
  return type;
}

function read(folder: string): PackageType | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (typeof manifest !== 'object' || manifest === null || !('type' in manifest)) return 'none';
    return manifest.type === 'module' ? 'module' : manifest.type === 'commonjs' ? 'commonjs' : 'none';
  } catch {
    return undefined;
  }
}
