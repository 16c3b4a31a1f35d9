import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';

const { source } = createRequire(import.meta.url)('axe-core') as typeof import('axe-core');

interface InPage {
  readonly axe: typeof import('axe-core');
  readonly document: { readonly body: { readonly style: { backgroundColor: string } } };
}

/**
 * What axe finds in a page, a line an element: rule, how bad, which element, and why. Its rules are those of WCAG 2.2 AA and of good
 * practice. It is evaluated from outside: the page's policy would refuse a script.
 * @param behind CSS colour of what a transparent page lies on, which axe cannot see
 */
export async function axeProblems(page: Page | Frame, behind = ''): Promise<string[]> {
  await page.evaluate(source);
  return await page.evaluate(async (color) => {
    // As the page has them: this file is also read by tests whose types know no page.
    const { axe, document } = globalThis as unknown as InPage;
    if (color !== '') document.body.style.backgroundColor = color;
    const { violations } = await axe.run();
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id} (${impact}): ${html.slice(0, 160)} ${failureSummary ?? ''}`,
      ),
    );
  }, behind);
}
