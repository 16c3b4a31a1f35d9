import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Finding } from '../../src/model/index.ts';
import { demo } from './support/demo.ts';
import { type Client, Harness } from './support/page.ts';
import { ModelSession } from './support/session.ts';

async function clickRow(client: Client, name: string, share: number): Promise<void> {
  const row = (await client.page.locator('[role=row]', { hasText: name }).first().boundingBox())!;
  const surface = (await client.page.locator('.surface').boundingBox())!;
  await client.page.mouse.click(surface.x + surface.width * share, row.y + row.height / 2);
}
const details = (client: Client) => client.page.locator('.details');

describe('using the timeline', () => {
  let harness: Harness;
  let client: Client;
  const open = async (...args: Parameters<Harness['open']>): Promise<Client> => {
    client = await harness.open(...args);
    return client;
  };
  before(async () => {
    harness = await Harness.start();
  });
  after(async () => {
    await harness.stop();
  });

  it('a click selects, tells the statistics, and goes to the source', async () => {
    const session = new ModelSession(demo().model);
    await open(session, { width: 1400 });
    await client.settled();
    await clickRow(client, 'transfer-b', 0.8);
    await details(client).locator('h2', { hasText: 'Waits for lock' }).waitFor();
    await details(client).locator('.statistics th').first().waitFor();
    const text = await details(client).innerText();
    assert.match(text, /lock accounts/);
    assert.match(text, /held by transfer-a/);
    assert.match(text, /Waits for lock[\s\S]*%[\s\S]*7×/);
    await details(client).getByRole('button', { name: 'Go to source' }).click();
    await client.page.locator('.surface').press('Enter');
    const wanted = { type: 'goto', file: '/app/transfer.ts', line: 21, column: 5, beside: false };
    assert.deepEqual(
      client.received.filter((m) => m.type === 'goto'),
      [wanted, wanted],
    );
    await client.page.keyboard.press('Escape');
    await details(client).waitFor({ state: 'hidden' });
    assert.deepEqual(client.problems, []);
    await client.close();
  });

  it('is whole in a narrow editor: every state of the legend can be seen', async () => {
    await open(new ModelSession(demo().model), { width: 420 });
    await client.settled();
    const chips = client.page.locator('.legend .chip');
    for (const chip of await chips.all()) {
      const box = (await chip.boundingBox())!;
      assert.ok(
        box.x >= 0 && box.x + box.width <= 420,
        `${await chip.innerText()} ends at ${box.x + box.width}`,
      );
    }
    assert.ok((await chips.count()) >= 8);
    assert.match(await client.page.locator('.corner').innerText(), /^\d+ processes/);
    await client.close();
  });

  it('the pointer shows state, duration, resource and call site', async () => {
    await open(new ModelSession(demo().model), { width: 1400 });
    await client.settled();
    const row = (await client.page.locator('[role=row]', { hasText: 'consumer-1' }).boundingBox())!;
    const surface = (await client.page.locator('.surface').boundingBox())!;
    await client.page.mouse.move(surface.x + surface.width * 0.9, row.y + 15);
    const text = await client.page.locator('.tooltip').innerText();
    assert.match(text, /Waits to receive/);
    assert.match(text, /\d ms so far/);
    assert.match(text, /queue tasks/);
    assert.match(text, /orders\.ts:30/);
    await client.page.mouse.move(surface.x + 5, surface.y + surface.height - 5);
    await client.page.locator('.tooltip').waitFor({ state: 'hidden' });
    await client.close();
  });

  it('has everything in grids for screen readers', async () => {
    const session = new ModelSession(demo().model);
    await open(session, { width: 1400 });
    await client.settled();
    const grid = client.page.getByRole('treegrid');
    assert.equal(await grid.getAttribute('aria-rowcount'), '9');
    const rows = await grid
      .getByRole('row')
      .evaluateAll((all) =>
        all.map((row) => [
          row.getAttribute('aria-level'),
          row.getAttribute('aria-expanded'),
          row.querySelector('.name')!.textContent,
        ]),
      );
    assert.deepEqual(rows[0], ['1', 'true', 'orders.ts']);
    assert.deepEqual(rows.slice(-2), [
      ['2', 'true', 'audit'],
      ['3', null, 'checksum'],
    ]);
    assert.match(await grid.getByRole('row').nth(6).innerText(), /transfer-b[\s\S]*lock accounts · \d+ ms/);
    const inView = grid.getByRole('row').nth(6).getByRole('gridcell').nth(1);
    await inView.filter({ hasText: /In view: .*Waits for lock/ }).waitFor({ state: 'attached' });
    await clickRow(client, 'transfer-b', 0.8);
    const slices = client.page.getByRole('grid', { name: 'Slices of transfer-b in view' });
    await slices
      .getByRole('row', { name: /Waits for lock *lock accounts.*transfer\.ts:21/ })
      .first()
      .waitFor({ state: 'attached' });
    await client.close();
  });

  it('is used by the keyboard alone: rows, waits, folding, zoom, source', async () => {
    await open(new ModelSession(demo().model), { width: 1400 });
    await client.settled();
    const { keyboard } = client.page;
    await client.page.getByRole('treegrid').getByRole('row').first().focus();
    for (let i = 0; i < 5; i += 1) await keyboard.press('ArrowDown');
    const focused = () =>
      client.page.evaluate(() => document.activeElement?.querySelector('.name')?.textContent);
    assert.equal(await focused(), 'transfer-a');
    await keyboard.press('n');
    await details(client).locator('h2', { hasText: 'Waits for lock' }).waitFor();
    const live = client.page.locator('[aria-live]');
    assert.match(
      (await live.textContent()) ?? '',
      /^transfer-a, Waits for lock, lock accounts, for .*, at transfer\.ts line 8$/,
    );
    const first = await details(client).innerText();
    await keyboard.press('n');
    await client.page.waitForFunction(
      (old) => document.querySelector('.details')!.textContent !== old,
      first,
    );
    await keyboard.press('p');
    await keyboard.press('Enter');
    await client.settled();
    assert.ok(client.received.some((m) => m.type === 'goto' && m.line === 8));
    await keyboard.press('Home');
    assert.equal(await focused(), 'orders.ts');
    await keyboard.press('ArrowLeft');
    await client.page.waitForFunction(
      () => document.querySelectorAll('[role=treegrid] [role=row]').length === 1,
    );
    await keyboard.press('ArrowRight');
    await client.page.waitForFunction(
      () => document.querySelectorAll('[role=treegrid] [role=row]').length === 9,
    );
    await keyboard.press('w');
    await keyboard.press('w');
    await client.settled();
    assert.deepEqual(client.problems, []);
    await client.close();
  });

  it('finds tracks by name, pid and resource, and dims other states', async () => {
    await open(new ModelSession(demo().model), { width: 1400 });
    await client.settled();
    const names = () => client.page.locator('[role=row] .name').allTextContents();
    await client.page.keyboard.press('/');
    await client.page.keyboard.type('ledger');
    await client.page.waitForFunction(
      () => document.querySelectorAll('[role=treegrid] [role=row]').length === 3,
    );
    assert.deepEqual(await names(), ['orders.ts', 'transfer-a', 'transfer-b']);
    await client.page.locator('.search').fill('nothing has this name');
    await client.page.locator('.cover', { hasText: 'Nothing matches' }).waitFor();
    await client.page.locator('.search').fill('');
    await client.settled();
    const chip = client.page.getByRole('button', { name: 'lock', exact: true });
    await chip.click();
    await client.settled();
    assert.equal(await chip.getAttribute('aria-pressed'), 'true');
    await client.settled();
    const running = await client.pixel(40, 7);
    await chip.click();
    await client.settled();
    const before = await client.pixel(40, 7);
    assert.ok(before[1] - running[1] > 40, `${running} is dimmer than ${before}`);
    await client.close();
  });

  it('marks a deadlock, tells the chain and leads to the inspector', async () => {
    const session = new ModelSession(demo().model);
    const finding = session.model.findings().find((f) => f.kind === 'lock-cycle') as Finding;
    await open(session, { width: 1400 });
    await client.settled();
    const axis = (await client.page.locator('.axis').boundingBox())!;
    const x = axis.x + (finding.time / (1.02 * session.model.lastTime)) * axis.width;
    await client.page.mouse.click(x, axis.y + 18);
    await details(client).locator('.chain li').first().waitFor();
    const text = await details(client).innerText();
    assert.ok(text.includes(finding.title) && text.includes(finding.fix));
    assert.match(text, /Certain/);
    assert.match(text, /transfer\.ts:10/);
    assert.match(text, /transfer\.ts:21/);
    await details(client).getByRole('button', { name: 'Inspect' }).click();
    await client.settled();
    assert.deepEqual(client.received.at(-1), { type: 'inspect', finding: finding.id });
    await client.close();
  });

  it('comes back with viewport and selection after a reload', async () => {
    const session = new ModelSession(demo().model);
    await open(session, { width: 1400 });
    await client.settled();
    await clickRow(client, 'transfer-b', 0.8);
    await details(client).locator('h2', { hasText: 'Waits for lock' }).waitFor();
    for (let i = 0; i < 4; i += 1) await client.page.locator('.surface').press('w');
    await client.settled();
    await client.page.mouse.move(5, 5);
    await client.settled();
    await client.page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
    await client.settled();
    const { state } = client;
    const picture = await client.picture();
    assert.ok(state?.view && state.selection && state.dir === session.dir);
    await client.close();
    await open(session, { width: 1400, state });
    await details(client).locator('h2', { hasText: 'Waits for lock' }).waitFor();
    await client.settled();
    assert.equal(await client.picture(), picture);
    await client.close();
  });

  it('says when nothing is open, when a trace is read, and why it can’t be', async () => {
    await open(undefined);
    const cover = client.page.locator('.cover');
    await cover.getByRole('button', { name: 'Open Trace…' }).click();
    assert.deepEqual(await client.nextCommand(0), { type: 'command', name: 'open' });
    client.bridge.setStatus({ type: 'loading', name: 'orders.ts' });
    await cover.getByText('Reading orders.ts …').waitFor();
    client.bridge.setStatus({ type: 'failed', message: 'version 9 is not known' });
    await cover.getByText('version 9 is not known').waitFor();
    await cover.getByRole('button', { name: 'Try Again' }).click();
    assert.deepEqual(await client.nextCommand(1), { type: 'command', name: 'retry' });
    assert.deepEqual(client.problems, []);
    await client.close();
  });
});
