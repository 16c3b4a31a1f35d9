// The pages as axe sees them, which knows the rules of WCAG: in every theme, and in every state that has elements of its own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { axeProblems } from './support/axe.ts';
import { demo } from './support/demo.ts';
import { type Client, Harness } from './support/page.ts';
import { ModelSession } from './support/session.ts';
import { THEMES, type ThemeName } from './support/themes.ts';

describe('the timeline has no fault that axe knows', () => {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(async () => {
    await harness.stop();
  });

  async function select(client: Client, name: string): Promise<void> {
    const row = (await client.page.locator('[role=row]', { hasText: name }).first().boundingBox())!;
    const surface = (await client.page.locator('.surface').boundingBox())!;
    await client.page.mouse.click(surface.x + surface.width * 0.8, row.y + row.height / 2);
    await client.page.locator('.details .statistics th').first().waitFor();
  }

  for (const theme of Object.keys(THEMES) as ThemeName[]) {
    it(`in ${theme}: tracks, details, the keys, and without a session`, async () => {
      const client = await harness.open(new ModelSession(demo().model), { width: 1400, theme });
      await client.settled();
      assert.deepEqual(await axeProblems(client.page), []);
      await select(client, 'transfer-b');
      assert.deepEqual(await axeProblems(client.page), []);
      await client.page.locator('.surface').press('?');
      await client.page.locator('.help').waitFor();
      assert.deepEqual(await axeProblems(client.page), []);
      await client.close();
      const empty = await harness.open(undefined, { theme });
      await empty.page.locator('.cover').waitFor();
      assert.deepEqual(await axeProblems(empty.page), []);
      await empty.close();
    });
  }
});
