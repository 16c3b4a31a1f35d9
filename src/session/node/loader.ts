import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeWithoutTypeScript } from '../core/errors.ts';
import { needsTransformer } from './erasable.ts';
import type { NodeInfo } from './node.ts';
import { mayUseRuntime } from './uses-runtime.ts';

/** How a script is loaded, and with which flags of Node. */
export interface LoaderChoice {
  /** `node`: by Node alone, TypeScript included. */
  readonly kind: 'node' | 'tsx' | 'bundled';
  readonly execArgv: readonly string[];
}

const TYPESCRIPT = /\.(?:[cm]?ts|tsx|jsx)$/;
/** Type stripping without a flag came earlier, but Node 22 lacks `using`, which TypeScript programs expect. */
const FIRST_NATIVE = 24;

/**
 * Chooses who loads a script: Node itself where it can (no loader hooks at all), else the workspace's own tsx, else the
 * bundled transformer. The flags stand in execArgv, which `fork`, workers and the runtime's processes inherit.
 *
 * @param script absolute path
 * @param files folder of {@link ../files/stable-files.ts}
 */
export function chooseLoader(script: string, node: NodeInfo, files: string): LoaderChoice {
  if (!TYPESCRIPT.test(script)) return { kind: 'node', execArgv: runtimeFlags(script, node, files) };
  if (node.major >= FIRST_NATIVE && node.stripsTypes && !needsTransformer(script)) {
    return { kind: 'node', execArgv: runtimeFlags(script, node, files) };
  }
  if (!hasLoaderHooks(node)) {
    throw nodeWithoutTypeScript(node.version);
  }
  const tsx = workspaceTsx(script);
  if (tsx !== undefined) {
    return { kind: 'tsx', execArgv: ['--import', tsx, ...runtimeFlags(script, node, files)] };
  }
  const register = pathToFileURL(path.join(files, 'typescript-register.cjs')).href;
  return { kind: 'bundled', execArgv: ['--import', register] };
}

function hasLoaderHooks({ major, minor }: NodeInfo): boolean {
  return major > 20 || minor >= 6;
}

/**
 * `import 'forkscope'` gets the bundled runtime, but only where nobody has installed one: hooks cost each process, and
 * much where Node runs them in a thread of its own.
 */
function runtimeFlags(script: string, node: NodeInfo, files: string): string[] {
  if (!hasLoaderHooks(node) || resolveFrom(script, 'forkscope') !== undefined) return [];
  if (!node.syncHooks && !mayUseRuntime(script)) return [];
  return ['--require', path.join(files, 'forkscope-register.cjs')];
}

/** URL of the loader of the tsx that belongs to the script's folder (4 or newer: older ones have no `--import`). */
function workspaceTsx(script: string): string | undefined {
  const manifest = resolveFrom(script, 'tsx/package.json');
  const loader = resolveFrom(script, 'tsx');
  if (manifest === undefined || loader === undefined) return undefined;
  try {
    const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'));
    return Number.parseInt(String(version), 10) >= 4 ? pathToFileURL(loader).href : undefined;
  } catch {
    return undefined;
  }
}

function resolveFrom(script: string, name: string): string | undefined {
  try {
    return createRequire(script).resolve(name);
  } catch {
    return undefined;
  }
}
