import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

/** What the workbench opens. `development` extensions run from their folders, as with F5. */
export interface WindowOptions {
  /** A folder or a `.code-workspace` file; an empty window without it. */
  readonly workspace?: string;
  /** Folders of extensions under development. */
  readonly development?: readonly string[];
  /** Module whose `run()` is the tests, run inside the extension host. */
  readonly tests?: string;
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      // Chromium refuses to sandbox itself under root, and the page is our own.
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      // WebGL without a graphics card.
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  });
}

/** Opens a window of its own profile and does not wait for anything in it. */
export async function newWindow(browser: Browser, port: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  page.on('dialog', (dialog) => dialog.accept());
  if (process.env.FORKSCOPE_TEST_DEBUG) {
    page.on('console', (message) => console.error('[page]', message.text()));
    page.on('pageerror', (error) => console.error('[page error]', port, error.message));
  }
  return page;
}

/** Address of the workbench page for what is to be opened. */
export function workbenchUrl(port: number, { workspace }: WindowOptions): string {
  const query = new URLSearchParams();
  if (!workspace) query.set('ew', 'true');
  else query.set(workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', path.resolve(workspace));
  return `http://127.0.0.1:${port}/?${query}`;
}

/**
 * Tells the workbench about extensions under development and tests. A built VS Code ignores the URL's parameters for
 * that, but reads them from its configuration element, which is edited here before the workbench sees it. It happens
 * again at each reload. (Rewriting the page by a route makes Chromium refuse the WebSockets.)
 */
export async function injectDevelopment(page: Page, port: number, options: WindowOptions): Promise<void> {
  const authority = `127.0.0.1:${port}`;
  const uri = (file: string) => ({ $mid: 1, scheme: 'vscode-remote', authority, path: path.resolve(file) });
  const development = {
    extensions: (options.development ?? []).map(uri),
    ...(options.tests ? { extensionTestsPath: uri(options.tests) } : {}),
  };
  await page.addInitScript(
    `(${editConfiguration})(${JSON.stringify(authority)}, ${JSON.stringify(development)})`,
  );
}

/** Runs in the page, as text: hence no types of the DOM, and nothing from outside. */
const editConfiguration = `(host, development) => {
  if (location.host !== host || location.pathname !== '/' || window.top !== window) return;
  const observer = new MutationObserver(() => {
    const element = document.getElementById('vscode-workbench-web-configuration');
    if (!element) return;
    observer.disconnect();
    const configuration = JSON.parse(element.getAttribute('data-settings'));
    configuration.developmentOptions = { ...configuration.developmentOptions, ...development };
    element.setAttribute('data-settings', JSON.stringify(configuration));
  });
  observer.observe(document, { childList: true, subtree: true });
}`;
