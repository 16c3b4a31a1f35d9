// Takes the pictures of README.md in a real VS Code: npm run screenshots. They go to media/screenshots/.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openVsCode, repository, type Workbench } from './harness/page.ts';

const SIZE = { width: 1520, height: 900 };
const SETTINGS = {
  'editor.minimap.enabled': false,
  'editor.fontSize': 13,
  'workbench.layoutControl.enabled': false,
  'breadcrumbs.enabled': false,
};

/** A folder like a user's, where `forkscope` is installed. */
function makeWorkspace(): string {
  const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'forkscope-screenshots-')), 'demo');
  mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  copyFileSync(path.join(repository, 'examples/deadlock.ts'), path.join(folder, 'deadlock.ts'));
  copyFileSync(path.join(repository, 'test/fixtures/screenshots/bakery.ts'), path.join(folder, 'bakery.ts'));
  symlinkSync(repository, path.join(folder, 'node_modules/forkscope'), 'dir');
  mkdirSync(path.join(folder, 'node_modules/@types'));
  symlinkSync(
    path.join(repository, 'node_modules/@types/node'),
    path.join(folder, 'node_modules/@types/node'),
    'dir',
  );
  const compilerOptions = {
    types: ['node'],
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2023', 'esnext'],
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  return folder;
}

async function openFile({ page }: Workbench, name: string): Promise<void> {
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input.input').fill(name);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
  await page.locator('.tab', { hasText: name }).first().waitFor();
}

async function run(workbench: Workbench, name: string): Promise<void> {
  await openFile(workbench, name);
  await workbench.page.locator('.editor-actions [aria-label^="Run with Tracing"]').first().click();
}

/** Drags the border of the side bar. */
async function widen({ page }: Workbench, width: number): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (!box) return;
  await page.mouse.move(box.x + box.width, 400);
  await page.mouse.down();
  await page.mouse.move(box.x + width, 400, { steps: 8 });
  await page.mouse.up();
}

async function shoot({ page }: Workbench, name: string): Promise<void> {
  await page.mouse.move(SIZE.width / 2, 4);
  // Hovers and progress bars fade.
  await page.waitForTimeout(1_500);
  const file = path.join(repository, 'media/screenshots', `${name}.png`);
  await page.screenshot({ path: file });
  console.log(file);
}

async function stop(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.locator('.sidebar .title-actions a[aria-label^="Stop"]').first().click();
  // The button is there as soon as the session has ended.
  await page.locator('.sidebar .title-actions a[aria-label^="Clear Ended Sessions"]').first().click();
  await workbench.page.locator('.sidebar .welcome-view-content').waitFor();
}

async function tree(workbench: Workbench): Promise<void> {
  await run(workbench, 'bakery.ts');
  await workbench.rows('seller').first().waitFor();
  await widen(workbench, 560);
  await workbench
    .rows(/van-2.*exit code 1/)
    .first()
    .waitFor();
  await workbench
    .rows(/baker-\d.*lock oven, held by/)
    .first()
    .waitFor();
  await workbench
    .rows(/seller.*CPU/)
    .first()
    .waitFor();
  await shoot(workbench, 'tree');
}

async function timeline(workbench: Workbench): Promise<void> {
  await widen(workbench, 300);
  await workbench.page.keyboard.press('Control+J');
  await workbench.runCommand('Forkscope: Open Timeline');
  const webview = await workbench.webview('.lanes');
  await webview.locator('[role=row]', { hasText: 'baker-1' }).first().waitFor();
  await workbench.page.waitForTimeout(8_000);
  await shoot(workbench, 'timeline');
  await stop(workbench);
  await workbench.runCommand('View: Close All Editors');
}

async function deadlock(workbench: Workbench): Promise<void> {
  await run(workbench, 'deadlock.ts');
  const toast = workbench.notification('Deadlock in deadlock.ts');
  await toast.getByRole('button', { name: 'Inspect' }).click();
  await workbench.webview('#inspection .chain');
  await widen(workbench, 360);
  await workbench.page.keyboard.press('Control+J');
  await shoot(workbench, 'deadlock');
  await stop(workbench);
}

async function main(): Promise<void> {
  const workspace = makeWorkspace();
  mkdirSync(path.join(repository, 'media/screenshots'), { recursive: true });
  const code = await openVsCode({ workspace, development: [repository], settings: SETTINGS });
  try {
    const { workbench } = code;
    await workbench.page.setViewportSize(SIZE);
    await tree(workbench);
    await timeline(workbench);
    await deadlock(workbench);
  } finally {
    await code.close();
    rmSync(path.dirname(workspace), { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
