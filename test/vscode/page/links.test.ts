import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openVsCode, repository, type VsCode } from '../harness/page.ts';

const trace = path.join(repository, 'test/fixtures/traces/v1-deadlock');

// Modal dialogs are refused in an extension host that runs tests, so this goes by the window alone.
describe('a link to a trace', () => {
  let code: VsCode;
  before(async () => {
    code = await openVsCode({ development: [repository] });
  });
  after(() => code?.close());

  /** Follows a link as one from outside, and answers our question about it, which is returned. */
  async function follow(place: string, button: string): Promise<string> {
    const { workbench } = code;
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await workbench.runCommand('Developer: Open URL');
    await workbench.type(`code-oss://forkscope.forkscope/open?trace=${encodeURIComponent(place)}`);
    for (;;) {
      await dialog.waitFor();
      const text = await dialog.innerText();
      const ours = text.includes('a link names');
      // The first question is the editor's own, about links to this extension.
      await dialog.getByRole('button', { name: ours ? button : 'Open', exact: true }).click();
      await dialog
        .filter({ hasText: ours ? 'a link names' : 'to open this URI' })
        .waitFor({ state: 'hidden' });
      if (ours) return text;
    }
  }

  it('opens nothing without a yes, and says what it names', async () => {
    const text = await follow(trace, 'Cancel');
    assert.ok(text.includes(trace), text);
    await follow(path.dirname(trace), 'Open');
    await code.workbench.notification(/There is no trace at/).waitFor();
    await code.workbench.openActivity('Forkscope');
    assert.equal(await code.workbench.rows('v1-deadlock').count(), 0);
  });

  it('opens the trace after a yes', async () => {
    await follow(trace, 'Open');
    await code.workbench.rows('alice-to-bob').first().waitFor();
    await code.workbench.screenshot('linked-trace');
  });
});
