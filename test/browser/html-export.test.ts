import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { Model, makeReport } from '../../src/model/index.ts';
import { pageOf } from '../../src/session/export/html/page.ts';
import { CLI, cleanEnvironment, EXAMPLES } from '../cli/support.ts';
import { discard } from '../discard.ts';
import { TraceBuilder } from '../model/builder.ts';
import { provideChromium } from '../vscode/harness/install.ts';
import { axeProblems } from './support/axe.ts';
import { big } from './support/big.ts';
import { demo } from './support/demo.ts';

const HOSTILE = `</script><img src=x onerror="document.title='broken'">"'\u202Egnp.exe`;

describe('the exported page', () => {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'forkscope-test-')));
  let browser: Browser;
  before(async () => {
    const executablePath = await provideChromium();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  after(async () => {
    await browser.close();
    discard(dir);
  });

  /** Opens a page from disk without a network. What it asks for, and whatever its policy refuses, is a problem. */
  async function open(file: string): Promise<{ page: Page; problems: string[] }> {
    const context = await browser.newContext({ offline: true, viewport: { width: 1100, height: 800 } });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => problems.push(dialog.message()));
    const url = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url() !== url) problems.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    return { page, problems };
  }
  function write(name: string, model: Model): string {
    const file = path.join(dir, name);
    writeFileSync(file, pageOf(makeReport(model), model));
    return file;
  }

  it('of a real deadlock: tree, finding with proof, channels, locks and lanes, from disk', async () => {
    const trace = path.join(dir, 'trace');
    const env = cleanEnvironment(dir);
    const args = ['--no-report', '--on-deadlock', 'kill', '--node', process.execPath, '--trace', trace];
    const ran = spawnSync(process.execPath, [CLI, 'run', ...args, path.join(EXAMPLES, 'deadlock.ts')], {
      env,
    });
    assert.equal(ran.status, 3, String(ran.stderr));
    const file = path.join(dir, 'deadlock.html');
    execFileSync(process.execPath, [CLI, 'export', trace, '--format', 'html', '-o', file], { env });
    const { page, problems } = await open(file);
    const article = page.locator('article');
    assert.match(await article.innerText(), /lock-cycle · certain[\s\S]*Who waits for whom[\s\S]*Fix/);
    await article.getByText('Proof: why').focus();
    await page.keyboard.press('Enter');
    await article.getByText('alice-to-bob rests since').waitFor();
    assert.match(
      await article.innerText(),
      /goes on only by:[\s\S]*only bob-to-alice \(in this proof\) could/,
    );
    for (const name of ['Processes', 'Channels', 'Locks', 'Timeline'])
      await page.getByRole('heading', { name, exact: true }).waitFor();
    assert.ok((await page.locator('.lanes path.s-lock').count()) >= 2);
    assert.equal(await page.locator('.lanes .mark.certain').count(), 1);
    assert.deepEqual(problems, []);
    const redacted = path.join(dir, 'redacted.html');
    execFileSync(process.execPath, [CLI, 'export', trace, '--redact', '--format', 'html', '-o', redacted], {
      env,
    });
    const text = readFileSync(redacted, 'utf8');
    assert.ok(!text.includes(EXAMPLES) && !text.includes(path.dirname(process.execPath)), 'no folders');
    assert.ok(text.includes('deadlock.ts:10'));
  });

  it('hostile names are text, whatever they hold, and nothing runs', async () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 1, file: `/app/${HOSTILE}.ts` });
    const child = main.start(HOSTILE, { pid: 2, site: `/app/${HOSTILE}.ts:7` });
    const [one, two] = [t.lock(HOSTILE), t.lock(`<svg onload=alert(1)>`)];
    const queue = t.queue(`${HOSTILE}<b>`);
    main.create(one, two, queue).on('send', queue, { n: 1, value: 9 });
    main.acquire(one, 1, `/app/${HOSTILE}.ts:8`);
    child.acquire(two, 1, `/app/${HOSTILE}.ts:9`);
    t.at(50);
    main.wait('waitAcquire', two, { sync: true, site: `/app/${HOSTILE}.ts:10` });
    child.wait('waitAcquire', one, { sync: true, site: `/app/${HOSTILE}.ts:11` });
    const file = write('hostile.html', t.feed(new Model()));
    const { page, problems } = await open(file);
    assert.equal(await page.locator('article').count(), 1);
    assert.equal(await page.locator('script, img, b, [onload], [onerror]').count(), 0);
    assert.ok((await page.locator('th', { hasText: '</script><img src=x' }).count()) > 0);
    assert.doesNotMatch(readFileSync(file, 'utf8'), /[\u202a-\u202e]/);
    assert.match(await page.title(), /Forkscope$/);
    assert.deepEqual(problems, []);
  });

  it('is small: 100,000 records, and hundreds of threads', () => {
    for (const [i, made] of [big(100_000), big(100_000, 400)].entries()) {
      const { length } = readFileSync(write(`big-${i}.html`, made.model));
      assert.ok(length < 3e6, `${length} bytes`);
    }
  });

  it('is dark or light as the reader wants, and everything that folds is opened by the keyboard', async () => {
    const { page, problems } = await open(write('demo.html', demo().model));
    const back = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await back();
    await page.emulateMedia({ colorScheme: 'light' });
    assert.notEqual(await back(), dark);
    for (const summary of await page.locator('summary').all()) {
      await summary.focus();
      await page.keyboard.press('Enter');
    }
    assert.equal(await page.locator('details:not([open])').count(), 0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await axeProblems(page), []);
    }
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    assert.deepEqual(problems, []);
  });
});
