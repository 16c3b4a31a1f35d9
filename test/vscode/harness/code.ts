// What stands in for VS Code's executable: the same arguments and exit codes, a code-server and a Chromium inside.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { injectDevelopment, launchBrowser, newWindow, workbenchUrl } from './browser.ts';
import { CONTROL_VARIABLE, serveControl } from './control.ts';
import { type OfflineVsCode, provideOfflineVsCode } from './install.ts';
import { installVsix, startServer } from './server.ts';
import { Workbench } from './workbench.ts';

interface Arguments {
  readonly development: string[];
  readonly positional: string[];
  readonly options: Map<string, string>;
}

/** @returns the exit code: 0 all tests passed, 64 wrong arguments, 98 the page crashed, 124 time out */
export async function main(argv: readonly string[]): Promise<number> {
  const args = parse(argv);
  const vsix = args.options.get('install-extension');
  const tests = args.options.get('extensionTestsPath');
  const code = await provideOfflineVsCode();
  if (vsix) return install(code, args, vsix);
  if (tests) return runTests(code, args, resolveModule(tests));
  console.error('either --extensionTestsPath or --install-extension is needed');
  return 64;
}

function parse(argv: readonly string[]): Arguments {
  const args: Arguments = { development: [], positional: [], options: new Map() };
  for (let i = 0; i < argv.length; i++) {
    const match = /^--([\w-]+)(?:=(.*))?$/s.exec(argv[i]!);
    if (!match) args.positional.push(argv[i]!);
    else if (match[1] === 'extensionDevelopmentPath') args.development.push(path.resolve(match[2] ?? ''));
    else if (match[1] === 'install-extension') args.options.set(match[1], match[2] ?? argv[++i] ?? '');
    else args.options.set(match[1]!, match[2] ?? '');
  }
  return args;
}

/** Electron takes a folder or a name without its suffix. */
function resolveModule(tests: string): string {
  const at = path.resolve(tests);
  const choices = [at, `${at}.js`, `${at}.cjs`, path.join(at, 'index.js')];
  return choices.find((file) => existsSync(file) && statSync(file).isFile()) ?? at;
}

async function install(code: OfflineVsCode, args: Arguments, vsix: string): Promise<number> {
  const folders = ['user-data-dir', 'extensions-dir']
    .filter((name) => args.options.has(name))
    .map((name) => `--${name}=${args.options.get(name)}`);
  await installVsix(code, vsix, folders);
  return 0;
}

async function runTests(code: OfflineVsCode, args: Arguments, tests: string): Promise<number> {
  let workbench: Workbench | undefined;
  const control = await serveControl(() => {
    if (!workbench) throw new Error('the page is not open yet');
    return workbench;
  });
  const userDataDir = args.options.get('user-data-dir');
  const extensionsDir = args.options.get('extensions-dir');
  const server = await startServer(code, {
    ...(userDataDir ? { userDataDir } : {}),
    ...(extensionsDir ? { extensionsDir } : {}),
    env: { [CONTROL_VARIABLE]: control.url },
  });
  const browser = await launchBrowser(code.chromium);
  const cleanUp = async () => {
    control.close();
    await browser.close().catch(() => undefined);
    await server.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  }
  try {
    const page = await newWindow(browser, server.port);
    workbench = new Workbench(page);
    const [target] = args.positional;
    const options = { ...(target ? { workspace: target } : {}), development: args.development, tests };
    const ended = new Promise<number>((resolve) => {
      const timeout = Number(process.env.FORKSCOPE_TEST_TIMEOUT_MS ?? 900_000);
      setTimeout(() => resolve(124), timeout).unref();
      page.on('crash', () => resolve(98));
      void page.exposeFunction('codeAutomationExit', resolve);
    });
    await page.exposeFunction('codeAutomationLog', (_kind: string, line: unknown[]) => log(line));
    await injectDevelopment(page, server.port, options);
    // Its `load` comes long after the workbench can be used, or too late, on a loaded machine.
    await page.goto(workbenchUrl(server.port, options), { waitUntil: 'commit' });
    const exit = await ended;
    if (exit === 124) console.error('the tests in the extension host took too long');
    if (exit === 98) console.error('the page crashed');
    return exit;
  } finally {
    await cleanUp();
  }
}

/** The workbench's own log comes down the same pipe as the console of the tests. */
const NOISE =
  /^(Resolv|Creating a socket|\[reconnection-grace|Updating additional|\[Service Worker|\[AgentHost|\[AccountPolicy|Creation of workbench contribution|Timed out waiting for authentication provider|getaddrinfo ENOTFOUND|\[Chat|Ignoring following additional|Error while fetching the extension under development|Failed to fetch)/;

function log(line: unknown[]): void {
  const text = format(...line);
  if (process.env.FORKSCOPE_TEST_DEBUG || !NOISE.test(text)) console.log(text);
}
