import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { type Pixels, seenPixels } from './pixels.ts';

/** The machine may be loaded: generous, since tests wait for conditions and not for time. */
const PATIENCE = 180_000;
const TRIES = 3;

const label = (title: string) => `a.action-label[aria-label^="${title}"]`;

/** What a user does and sees in a VS Code window, in the words of the workbench. Locators wait by themselves. */
export class Workbench {
  /** Playwright's page, for what has no word here. */
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE);
  }

  /** Waits until the window is drawn and its extensions have contributed to the activity bar. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('.activitybar .action-item').first().waitFor();
    await this.page.locator('.statusbar .statusbar-item').first().waitFor();
  }

  /** Runs a command from the palette by its whole visible title, e.g. `Forkscope: Open Trace…`. */
  async runCommand(title: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.chooseCommand(title, attempt < TRIES ? PATIENCE / TRIES : PATIENCE);
        return;
      } catch (error) {
        // The palette closes when something else takes the focus, which a command before may do at any time.
        if (attempt === TRIES) throw error;
        await this.closePalette();
      }
    }
  }

  /**
   * Closes the palette, which shows what there was when it opened. By a key of its own alone: an Escape that met the timeline
   * would make it forget its selection.
   */
  async closePalette(): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    if (await input.isVisible()) await input.press('Escape', { timeout: 5000 }).catch(() => undefined);
  }

  private async chooseCommand(title: string, timeout: number): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.fill(`>${title}`, { timeout });
    const entry = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    await entry.click({ timeout });
  }

  /** Answers an open quick pick by clicking the entry with that text. */
  async pick(text: string): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  }

  /** Chooses an entry of the context menu. Not by a click: within 100 ms after the menu has opened it is taken for the end of the one that opened it. */
  async chooseInMenu(text: string): Promise<void> {
    await this.page.locator('.monaco-menu').getByText(text).first().hover();
    await this.page.keyboard.press('Enter');
  }

  /** Answers an open input box. */
  async type(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    await input.fill(text);
    await input.press('Enter');
  }

  /**
   * Answers the editor's own dialog for a file or a folder.
   * @param button what its button says
   */
  async chooseFile(place: string, button: string): Promise<void> {
    // The palette, which is the same widget, may not have closed yet: only the dialog has this button.
    const dialog = this.page.locator('.quick-input-widget');
    const ok = dialog.getByText(button, { exact: true });
    await ok.waitFor();
    // Until it has looked into the folder, what is typed is not taken.
    for (let i = 0; i < 20 && (await ok.isVisible()); i++) {
      await dialog
        .locator('input.input')
        .fill(place, { timeout: 1_000 })
        .catch(() => undefined);
      await ok.click({ timeout: 1_000 }).catch(() => undefined);
      await ok.waitFor({ state: 'hidden', timeout: 3_000 }).catch(() => undefined);
    }
  }

  /** Opens a file of the opened folder by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.page.locator('.quick-input-widget input.input').fill(name);
    await this.pick(name);
    await this.tab(name).waitFor();
  }

  /** The item of a view container in the activity bar. */
  activity(title: string): Locator {
    return this.page.locator(`.activitybar .action-item ${label(title)}`);
  }

  /** Opens a view container by its activity-bar item, where it is not open already. */
  async openActivity(title: string): Promise<void> {
    const item = this.page.locator('.activitybar .action-item', { has: this.page.locator(label(title)) });
    await item.waitFor();
    if (!(await item.getAttribute('class'))?.includes('checked')) await this.activity(title).click();
    await this.page.locator('.sidebar .composite.title', { hasText: new RegExp(title, 'i') }).waitFor();
  }

  /** Rows of the side bar's trees that hold the text. */
  rows(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .pane-body .monaco-list-row', { hasText: text });
  }

  /** Notification toasts that hold the text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /** Status-bar items that hold the text. */
  status(text: string | RegExp): Locator {
    return this.page.locator('.statusbar .statusbar-item:not([id="status.progress"])', { hasText: text });
  }

  /** Editor tabs that hold the text. */
  tab(text: string | RegExp): Locator {
    return this.page.locator('.editor-group-container .tab', { hasText: text });
  }

  /** The document of the webview that contains the selector. */
  async webview(selector: string): Promise<Frame> {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      for (const frame of this.page.frames()) {
        // A frame may go away in the middle of the question.
        if (await showsWebview(frame, selector).catch(() => false)) return frame;
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`no webview has ${selector}`);
  }

  /** What the user sees of an element: a canvas of whatever context, or a whole panel. */
  pixels(element: Locator): Promise<Pixels> {
    return seenPixels(this.page, element);
  }

  /** Reloads the window by its own command, which saves its state first (a browser's reload would not). */
  async reload(): Promise<void> {
    // Not the page's `load` event: on a loaded machine it comes long after the workbench can be used, or too late.
    await this.page.evaluate('window.isOldWindow = true');
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      await this.runCommand('Developer: Reload Window');
      const isNew = this.page.waitForFunction('window.isOldWindow === undefined', undefined, {
        timeout: attempt < TRIES ? PATIENCE / 2 : PATIENCE,
      });
      if (await isNew.then(Boolean, () => false)) break;
    }
    await this.ready();
  }

  /** Saves what the window shows; `FORKSCOPE_TEST_SCREENSHOTS` is the folder. @returns the file's path */
  async screenshot(name: string): Promise<string> {
    const folder = process.env.FORKSCOPE_TEST_SCREENSHOTS ?? path.join(os.tmpdir(), 'forkscope-screenshots');
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${name.replace(/[^\w.-]+/g, '-').slice(0, 100)}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }
}

/** A webview's document loads in a hidden `pending-frame`, whose element is then renamed; its frame keeps the old name. */
async function showsWebview(frame: Frame, selector: string): Promise<boolean> {
  if (!/^(pending|active)-frame$/.test(frame.name())) return false;
  const element = await frame.frameElement();
  return (await element.getAttribute('id')) === 'active-frame' && (await frame.$(selector)) !== null;
}
