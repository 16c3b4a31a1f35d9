import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { provide } from '../../../scripts/lib/cache.mjs';
import { npm, run, which } from '../../../scripts/lib/exec.mjs';
import { provideNodePackage } from '../../../scripts/nodes.mjs';

/** VS Code's own version is this one without the leading major: 4.139.1 is VS Code 1.139.1. */
const CODE_SERVER = '4.139.1';
/** Part of the recipe: raise it when the steps below change. */
const STEPS = 1;

/** A VS Code server and the browser that shows it. */
export interface OfflineVsCode {
  /** Executable of the Node that the server runs on. */
  readonly node: string;
  /** The server's entry script. */
  readonly entry: string;
  /** The browser's executable. */
  readonly chromium: string;
}

/**
 * Provides VS Code from npm (code-server on npm's Node 24) and a Chromium, for machines that cannot download VS Code.
 * @throws Error that says what is missing when this machine cannot have it
 */
export async function provideOfflineVsCode(): Promise<OfflineVsCode> {
  if (process.platform === 'win32') throw new Error('code-server does not run on Windows');
  const chromium = await provideChromium();
  await provideCompiler();
  const { executable: node, root } = await provideNodePackage(24);
  const folder = await provide('code-server', `code-server@${CODE_SERVER} ${node} ${STEPS}`, (into) =>
    installCodeServer(into, node, root),
  );
  return { node, entry: path.join(folder, 'node_modules/code-server/out/node/entry.js'), chromium };
}

/**
 * The nested installs are what code-server's install script would do, minus the native modules that tests can do
 * without: only the log and the watchdog are compiled, so that no development packages are needed.
 */
async function installCodeServer(into: string, node: string, headers: string): Promise<void> {
  const env = { npm_config_nodedir: headers };
  writeFileSync(path.join(into, 'package.json'), '{"private":true}\n');
  await npm(['install', '--ignore-scripts', `code-server@${CODE_SERVER}`], { cwd: into, node, env });
  const vscode = path.join(into, 'node_modules/code-server/lib/vscode');
  await npm(['install', '--omit=dev', '--ignore-scripts'], { cwd: vscode, node, env });
  await npm(['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], { cwd: vscode, node, env });
  await npm(['install', '--omit=dev', '--ignore-scripts'], {
    cwd: path.join(vscode, 'extensions'),
    node,
    env,
  });
  const os = process.platform === 'darwin' ? 'darwin' : 'linux';
  link(`code-${os}.sh`, path.join(vscode, 'bin/remote-cli/code-server'));
  link(`browser-${os}.sh`, path.join(vscode, 'bin/helpers/browser.sh'));
  const entry = path.join(into, 'node_modules/code-server/out/node/entry.js');
  const version = await run(node, [entry, '--version']);
  if (!version.includes(CODE_SERVER)) throw new Error(`code-server does not start: ${version}`);
}

function link(target: string, at: string): void {
  rmSync(at, { force: true });
  symlinkSync(target, at);
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_BROWSER = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** `FORKSCOPE_TEST_CHROMIUM`, a Chromium of this machine, else Debian's package. */
export async function provideChromium(): Promise<string> {
  const own = process.env.FORKSCOPE_TEST_CHROMIUM;
  if (own) return own;
  const found = () =>
    BROWSERS.map((name) => which(name)).find((file) => file !== undefined) ??
    (existsSync(MAC_BROWSER) ? MAC_BROWSER : undefined);
  if (!found()) await aptInstall(['chromium'], 'no Chromium (set FORKSCOPE_TEST_CHROMIUM to one)');
  const browser = found();
  if (!browser) throw new Error('the chromium package was installed, but there is no chromium on PATH');
  return browser;
}

/** Two small modules of code-server are compiled. */
async function provideCompiler(): Promise<void> {
  const missing = ['make', 'g++', 'python3'].filter((tool) => !which(tool));
  if (missing.length > 0) await aptInstall(missing, `no ${missing.join(', ')}`);
}

async function aptInstall(packages: string[], problem: string): Promise<void> {
  if (process.getuid?.() !== 0 || !which('apt-get')) {
    throw new Error(`${problem}, and it cannot be installed here (that needs root and apt-get)`);
  }
  console.log(`test cache: apt-get install ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=600'];
  await run('apt-get', [...wait, 'update'], { env });
  await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...packages], { env });
}
