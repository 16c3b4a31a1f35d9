import type { Locator, Page } from 'playwright-core';

/** Pixels of a piece of the screen, counted: enough to say whether something was drawn, and in which colours. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** How many pixels have each colour, `#rrggbb`, most frequent first. */
  readonly colours: ReadonlyMap<string, number>;
}

/** Takes a screenshot of the element and counts it. An empty page decodes the PNG, so that no library has to. */
export async function seenPixels(page: Page, element: Locator): Promise<Pixels> {
  const png = (await element.screenshot()).toString('base64');
  const decoder = await page.context().newPage();
  try {
    const counted: [number, number, [string, number][]] = await decoder.evaluate(`(${count})("${png}")`);
    return { width: counted[0], height: counted[1], colours: new Map(counted[2]) };
  } finally {
    await decoder.close();
  }
}

/** Runs in the empty page, as text: the Node side has no types of the DOM. */
const count = `async (png) => {
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const colours = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const colour = '#' + [0, 1, 2].map((c) => data[i + c].toString(16).padStart(2, '0')).join('');
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  return [image.width, image.height, [...colours].sort((a, b) => b[1] - a[1])];
}`;
