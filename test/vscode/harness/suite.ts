// What tests inside the extension host import. They use Mocha's describe/it and the vscode API; this adds the page.
import { it } from 'mocha';
import { CONTROL_VARIABLE, callControl, type PageAction } from './control.ts';

/** Whether a driver can act on the window from outside. */
export const hasPage = Boolean(process.env[CONTROL_VARIABLE]);

/**
 * Runs an action on the window from outside, by Playwright. The function travels as text: it may use only its
 * parameters. The argument and the result travel as JSON.
 */
export function inPage<R>(action: PageAction<undefined, R>): Promise<R>;
export function inPage<A, R>(action: PageAction<A, R>, argument: A): Promise<R>;
export function inPage<A, R>(action: PageAction<A | undefined, R>, argument?: A): Promise<R> {
  const url = process.env[CONTROL_VARIABLE];
  if (!url) return Promise.reject(new Error('there is no page here: declare the test with itOnPage'));
  return callControl(url, action, argument);
}

/** A test that needs the page: skipped, and counted as skipped, where VS Code is not driven from outside. */
export function itOnPage(title: string, test: () => Promise<void>): void {
  if (hasPage) it(title, test);
  else it.skip(`${title} (needs the page)`, test);
}
