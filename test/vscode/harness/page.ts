// What tests outside VS Code import: they drive the window by Playwright and may reload it or start it anew.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../../scripts/lib/exec.mjs';
import { injectDevelopment, launchBrowser, newWindow, type WindowOptions, workbenchUrl } from './browser.ts';
import { provideOfflineVsCode } from './install.ts';
import { type ServerOptions, startServer } from './server.ts';
import { Workbench } from './workbench.ts';

export { Workbench } from './workbench.ts';

export interface VsCode {
  readonly workbench: Workbench;
  /** The opened folder: a temporary copy, which a test may write to. Empty without a workspace. */
  readonly folder: string;
  /** Ends everything and removes the copy. */
  close(): Promise<void>;
}

/** `tests` is not for here: tests in the extension host are declared in suites.ts. */
export type VsCodeOptions = ServerOptions & Omit<WindowOptions, 'tests'> & { readonly examples?: boolean };

/** The repository's root. */
export const repository = path.resolve(__dirname, '../../..');

/** The packaged extension: `FORKSCOPE_TEST_VSIX`, else packaged now. @returns its path */
export async function packagedVsix(): Promise<string> {
  const given = process.env.FORKSCOPE_TEST_VSIX;
  if (given) return given;
  const vsix = path.join(mkdtempSync(path.join(os.tmpdir(), 'forkscope-vsix-')), 'forkscope.vsix');
  await run(process.execPath, [path.join(repository, 'scripts/package.mjs'), '--out', vsix], {
    cwd: repository,
  });
  process.env.FORKSCOPE_TEST_VSIX = vsix;
  process.once('exit', () => rmSync(path.dirname(vsix), { recursive: true, force: true }));
  return vsix;
}

/** Starts a VS Code of its own with a clean profile and opens its window. `workspace` is copied first. */
export async function openVsCode(options: VsCodeOptions = {}): Promise<VsCode> {
  const code = await provideOfflineVsCode();
  const { workspace, folder, remove } = copyWorkspace(options.workspace, options.examples);
  const server = await startServer(code, options);
  const browser = await launchBrowser(code.chromium);
  const close = async () => {
    await browser.close().catch(() => undefined);
    await server.stop();
    remove();
  };
  try {
    const page = await newWindow(browser, server.port);
    const workbench = new Workbench(page);
    const opened = { ...(workspace ? { workspace } : {}), development: options.development ?? [] };
    await injectDevelopment(page, server.port, opened);
    // Its `load` comes long after the workbench can be used, or too late, on a loaded machine.
    await page.goto(workbenchUrl(server.port, opened), { waitUntil: 'commit' });
    await workbench.ready();
    return { workbench, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The programs alone: the copy is of a user who has not installed `forkscope`, and so without what leads to it. */
function copyExamples(to: string): void {
  const hereOnly = /^(package\.json|forkscope\..*)$/;
  cpSync(path.join(repository, 'examples'), to, {
    recursive: true,
    filter: (file) => !hereOnly.test(path.basename(file)),
  });
}

/** Copies what is to be opened into a temporary folder; a `.code-workspace` file is opened rather than its folder. */
export function copyWorkspace(from?: string, examples = false) {
  if (!from) return { workspace: undefined, folder: '', remove: () => undefined };
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-workspace-'));
  const isFile = from.endsWith('.code-workspace');
  const source = isFile ? path.dirname(from) : from;
  const folder = path.join(scratch, path.basename(source));
  cpSync(source, folder, { recursive: true });
  if (examples) copyExamples(path.join(folder, 'examples'));
  const workspace = isFile ? path.join(folder, path.basename(from)) : folder;
  return {
    workspace,
    folder,
    remove: () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }),
  };
}
