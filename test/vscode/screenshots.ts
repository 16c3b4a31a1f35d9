// Takes the pictures of README.md and docs/ in a real VS Code. They go to media/screenshots/.
//   npm run screenshots                    all of them
//   npm run screenshots -- NAME…           some: tree, timeline, deadlock, forty, timer-idle, helpers, dead-worker, proof
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openVsCode, repository, type Workbench } from './harness/page.ts';

const SIZE = { width: 1520, height: 900 };
const SETTINGS = {
  'editor.minimap.enabled': false,
  'editor.fontSize': 13,
  'workbench.layoutControl.enabled': false,
  'breadcrumbs.enabled': false,
  'forkscope.notifyOnDeadlock': 'all',
};
const FIXTURES = path.join(repository, 'test/fixtures');
/** Programs of the pictures, in the folder that is opened. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'deadlock.ts': path.join(repository, 'examples/deadlock.ts'),
  'bakery.ts': path.join(FIXTURES, 'screenshots/bakery.ts'),
  'forty.mjs': path.join(FIXTURES, 'screenshots/forty.mjs'),
  'timer-idle.mjs': path.join(FIXTURES, 'screenshots/timer-idle.mjs'),
  'shop.ts': path.join(FIXTURES, 'cases/hang-60-shop/shop.ts'),
  'locks.ts': path.join(FIXTURES, 'cases/hang-60-shop/locks.ts'),
  'parsers.ts': path.join(FIXTURES, 'cases/hang-12-child-crashed-no-reply.ts'),
};

/** A folder like a user's, where `forkscope` is installed. */
function makeWorkspace(): string {
  const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'forkscope-screenshots-')), 'demo');
  mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  for (const [name, file] of Object.entries(PROGRAMS)) copyFileSync(file, path.join(folder, name));
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
  await page.screenshot({ path: file, timeout: 180_000 });
  console.log(file);
}

async function stop(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const button = page.locator('.sidebar .title-actions a[aria-label^="Stop"]').first();
  // Some end by themselves.
  if (await button.isVisible()) await button.click();
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
  await stop(workbench);
}

async function timeline(workbench: Workbench): Promise<void> {
  await run(workbench, 'bakery.ts');
  await workbench.rows('seller').first().waitFor();
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

async function inspection(
  workbench: Workbench,
  program: string,
  name: string,
  isProof = false,
): Promise<void> {
  await run(workbench, program);
  const toast = workbench.notification(program);
  await toast.getByRole('button', { name: 'Inspect' }).click();
  const webview = await workbench.webview('#inspection .chain');
  await widen(workbench, 360);
  await workbench.page.keyboard.press('Control+J');
  if (isProof) await webview.locator('summary', { hasText: 'Proof' }).click();
  await shoot(workbench, name);
  await stop(workbench);
  await workbench.runCommand('View: Close All Editors');
}

/** The timeline of a program that has run for `seconds`, which is then stopped. */
async function lanes(workbench: Workbench, program: string, name: string, seconds: number): Promise<void> {
  await run(workbench, program);
  await workbench.rows(program).first().waitFor();
  await widen(workbench, 300);
  await workbench.page.keyboard.press('Control+J');
  await workbench.runCommand('Forkscope: Open Timeline');
  const webview = await workbench.webview('.lanes');
  await webview.locator('[role=row]', { hasText: program }).first().waitFor();
  await workbench.page.waitForTimeout(seconds * 1_000);
  await shoot(workbench, name);
  await stop(workbench);
  await workbench.runCommand('View: Close All Editors');
}

type Picture = (workbench: Workbench) => Promise<void>;
const PICTURES: Readonly<Record<string, Picture>> = {
  tree,
  timeline,
  deadlock: (workbench) => inspection(workbench, 'deadlock.ts', 'deadlock'),
  forty: (workbench) => lanes(workbench, 'forty.mjs', 'forty', 8),
  'timer-idle': (workbench) => lanes(workbench, 'timer-idle.mjs', 'timer-idle', 3),
  helpers: (workbench) => inspection(workbench, 'shop.ts', 'helpers'),
  'dead-worker': (workbench) => inspection(workbench, 'parsers.ts', 'dead-worker'),
  proof: (workbench) => inspection(workbench, 'deadlock.ts', 'proof', true),
};

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.filter((name) => PICTURES[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`no picture ${unknown}; there are ${Object.keys(PICTURES).join(', ')}`);
  const workspace = makeWorkspace();
  mkdirSync(path.join(repository, 'media/screenshots'), { recursive: true });
  const code = await openVsCode({ workspace, development: [repository], settings: SETTINGS });
  try {
    const { workbench } = code;
    await workbench.page.setViewportSize(SIZE);
    for (const [name, take] of Object.entries(PICTURES))
      if (positionals.length === 0 || positionals.includes(name)) await take(workbench);
  } finally {
    await code.close();
    rmSync(path.dirname(workspace), { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
