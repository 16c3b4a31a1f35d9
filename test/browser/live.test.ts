import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Model } from '../../src/model/index.ts';
import { TraceBuilder } from '../model/builder.ts';
import { type Client, Harness } from './support/page.ts';
import { ModelSession } from './support/session.ts';

/** A live session of one process that takes a lock for half of each 100 ms; `run` goes on with it. */
function live() {
  const t = new TraceBuilder();
  const main = t.root({ pid: 1, file: '/app/live.ts' });
  const lock = t.lock('beat');
  main.create(lock);
  const session = new ModelSession(new Model(), { live: true });
  let ticket = 0;
  let fed = 0;
  const run = (untilMs: number): void => {
    for (let now = Math.ceil(t.now / 1e8) * 100; now < untilMs; now += 100) {
      ticket += 1;
      t.at(now);
      main.acquire(lock, ticket, '/app/live.ts:3');
      t.at(now + 50);
      main.release(lock, ticket);
    }
    t.feed(session.model, t.items.slice(fed));
    fed = t.items.length;
    session.push(untilMs * 1e6);
  };
  return { session, run };
}

/** Where the drawn part of the first track ends, CSS pixels from the left; its colours change from state to state. */
async function drawnUntil(client: Client): Promise<number> {
  return await client.page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.lanes')!;
    const row = canvas.getContext('2d')!.getImageData(0, 8, canvas.width, 1).data;
    let x = canvas.width - 1;
    const blank = 60;
    while (x >= 0 && Math.max(row[x * 4]!, row[x * 4 + 1]!) * (row[x * 4 + 3]! / 255) < blank) x -= 1;
    return x;
  });
}
const widthOf = (client: Client): Promise<number> =>
  client.page.locator('.lanes').evaluate((c) => c.clientWidth);

describe('a live session', () => {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(async () => {
    await harness.stop();
  });

  it('is followed at its newest moment, paused by panning, and followed again by a key', async () => {
    const { session, run } = live();
    run(40_000);
    const client = await harness.open(session, { width: 1200 });
    await client.settled();
    const follow = client.page.getByRole('button', { name: 'Follow live' });
    assert.equal(await follow.getAttribute('aria-pressed'), 'true');
    const width = await widthOf(client);
    for (const until of [41_000, 45_000, 60_000]) {
      run(until);
      await client.settled();
      const x = await drawnUntil(client);
      assert.ok(x > width * 0.95 && x < width, `newest moment at ${x} of ${width}`);
    }
    const surface = (await client.page.locator('.surface').boundingBox())!;
    await client.page.mouse.move(surface.x + 300, surface.y + 15);
    await client.page.mouse.down();
    await client.page.mouse.move(surface.x + 600, surface.y + 15, { steps: 4 });
    await client.page.mouse.up();
    await client.settled();
    assert.equal(await follow.getAttribute('aria-pressed'), 'false');
    await client.page.mouse.move(5, 5);
    const picture = await client.picture();
    run(70_000);
    await client.settled();
    assert.equal(await client.picture(), picture);
    await client.page.keyboard.press('l');
    await client.settled();
    assert.equal(await follow.getAttribute('aria-pressed'), 'true');
    assert.ok((await drawnUntil(client)) > width * 0.95);
    assert.deepEqual(client.problems, []);
    await client.close();
  });

  it('leaves what is pressed where it is, however much is recorded meanwhile', async () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 1, file: '/app/live.ts' });
    const lock = t.lock('kept');
    main.create(lock).acquire(lock, 1, '/app/live.ts:3');
    const waiter = main.start('waiter', { pid: 2, site: '/app/live.ts:4' });
    t.at(500);
    waiter.wait('waitAcquire', lock, { site: '/app/live.ts:9' });
    const session = new ModelSession(t.feed(new Model()), { live: true });
    session.push(4e9);
    const client = await harness.open(session, { width: 1200 });
    await client.settled();
    await client.page.locator('[role=row]', { hasText: 'waiter' }).first().click();
    await client.page.locator('.surface').press('Shift+P');
    const button = client.page.getByRole('button', { name: 'Go to source' });
    const box = (await button.boundingBox())!;
    await client.page.mouse.move(box.x + 5, box.y + 5);
    await client.page.mouse.down();
    for (const now of [5, 6, 7]) {
      session.push(now * 1e9);
      await client.page.locator('.details .sub', { hasText: `${now - 0.5}0 s so far` }).waitFor();
    }
    assert.equal(await client.page.locator('.details .statistics').count(), 1);
    await client.page.mouse.up();
    await client.settled();
    assert.equal(client.received.filter(({ type }) => type === 'goto').length, 1);
    assert.deepEqual(client.problems, []);
    await client.close();
  });

  it('draws while live what it draws of the same trace later', async () => {
    const { session, run } = live();
    run(300);
    const client = await harness.open(session, { width: 1200 });
    await client.settled();
    for (let until = 500; until <= 4000; until += 500) {
      run(until);
      await client.settled();
    }
    session.live = false;
    session.push(4000e6);
    await client.settled();
    await client.page.locator('.badge', { hasText: 'ended' }).waitFor();
    await client.page.keyboard.press('f');
    await client.settled();
    const grown = await client.picture();
    const later = await harness.open(session, { width: 1200 });
    await later.settled();
    assert.equal(await later.picture(), grown);
    await client.close();
    await later.close();
  });

  it('is sent nothing while its panel is hidden, and shows the present when it is back', async () => {
    const { session, run } = live();
    run(2000);
    const client = await harness.open(session);
    await client.settled();
    client.bridge.setVisible(false);
    const before = client.requests.length;
    run(9000);
    await client.page.evaluate(() => new Promise(requestAnimationFrame));
    assert.equal(client.requests.length, before);
    client.bridge.setVisible(true);
    await client.page.locator('.length', { hasText: '9.00 s' }).waitFor();
    await client.settled();
    assert.ok((await drawnUntil(client)) > 100);
    await client.close();
  });
});
