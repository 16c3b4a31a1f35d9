import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { cacheRoot } from '../../../scripts/lib/cache.mjs';
import { run, tryRun, which } from '../../../scripts/lib/exec.mjs';
import { provideOfflineVsCode } from './install.ts';
import { repository } from './page.ts';

const DOWNLOADS = 'https://update.code.visualstudio.com/api/releases/stable';

/** A VS Code that `runTests` can start. */
export interface VsCodeKind {
  readonly name: 'electron' | 'code-server';
  /** For `vscodeExecutablePath`. */
  readonly executable: string;
  /** Whether tests can act on the page. */
  readonly hasPage: boolean;
  /** Installs an extension into a profile; `folders` are its `--user-data-dir=` and `--extensions-dir=`. */
  install(vsix: string, folders: readonly string[]): Promise<void>;
}

/** Every VS Code that this machine can have, and why not the others. `FORKSCOPE_TEST_VSCODE` names the only one to try. */
export async function chooseVsCodes(): Promise<{ kinds: VsCodeKind[]; missing: string[] }> {
  const only = process.env.FORKSCOPE_TEST_VSCODE;
  const kinds: VsCodeKind[] = [];
  const missing: string[] = [];
  for (const [name, provide] of [['electron', electron] as const, ['code-server', codeServer] as const]) {
    if (only && only !== name) continue;
    try {
      kinds.push(await provide());
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { kinds, missing };
}

/** The usual VS Code, downloaded: the oldest one that the manifest allows. */
async function electron(): Promise<VsCodeKind> {
  await probeDownloads();
  const headless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (headless && !which('xvfb-run')) throw new Error('no display, and no xvfb-run');
  const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const version = String(manifest.engines.vscode).replace(/^\D+/, '');
  const executable = await downloadAndUnzipVSCode({ version, cachePath: path.join(cacheRoot(), 'electron') });
  await checkLibraries(executable);
  const install = async (vsix: string, folders: readonly string[]) => {
    const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable, { reuseMachineInstall: true });
    await run(cli!, [...args, ...folders, '--install-extension', vsix, '--force']);
  };
  return {
    name: 'electron',
    executable: headless ? onVirtualDisplay(executable) : executable,
    hasPage: false,
    install,
  };
}

/** `runTests` takes one executable: a script that starts the other two. */
function onVirtualDisplay(executable: string): string {
  const script = path.join(path.dirname(executable), 'on-virtual-display.sh');
  writeFileSync(script, `#!/bin/sh\nexec xvfb-run -a '${executable}' "$@"\n`, { mode: 0o755 });
  return script;
}

async function probeDownloads(): Promise<void> {
  try {
    const answer = await fetch(DOWNLOADS, { signal: AbortSignal.timeout(8_000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    await answer.body?.cancel();
  } catch (error) {
    throw new Error(`${new URL(DOWNLOADS).host} cannot be reached`, { cause: error });
  }
}

/** A Linux without a desktop often has no GTK: say so, rather than fail later without a word. */
async function checkLibraries(executable: string): Promise<void> {
  if (process.platform !== 'linux' || !which('ldd')) return;
  const { output } = await tryRun('ldd', [executable]);
  const absent = [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
  if (absent.length > 0) throw new Error(`VS Code needs ${absent.join(', ')}`);
}

async function codeServer(): Promise<VsCodeKind> {
  await provideOfflineVsCode();
  const executable = path.join(__dirname, 'code.mjs');
  const install = async (vsix: string, folders: readonly string[]) => {
    await run(executable, [...folders, '--install-extension', vsix]);
  };
  return { name: 'code-server', executable, hasPage: true, install };
}
