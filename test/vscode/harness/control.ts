import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { runInThisContext } from 'node:vm';
import type { Workbench } from './workbench.ts';

/** Where the driver listens for page actions; set in the extension host's environment when there is a page. */
export const CONTROL_VARIABLE = 'FORKSCOPE_TEST_CONTROL';

/** A page action: a self-contained function, since it travels as text from the extension host to the driver. */
export type PageAction<A, R> = (workbench: Workbench, argument: A) => Promise<R> | R;

/** The driver's end: runs page actions that tests in the extension host post. Only who knows the address may. */
export async function serveControl(workbench: () => Workbench): Promise<{ url: string; close(): void }> {
  const secret = `/${randomUUID()}`;
  const server = http.createServer(async (request, response) => {
    if (request.url !== secret || request.method !== 'POST') return void response.writeHead(404).end();
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { action, argument } = JSON.parse(Buffer.concat(chunks).toString());
      const value = await runInThisContext(`(${action})`)(workbench(), argument);
      response.end(JSON.stringify({ value }));
    } catch (error) {
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}${secret}`, close };
}

/** The extension host's end. @throws Error with the driver's message when the action fails */
export function callControl<A, R>(url: string, action: PageAction<A, R>, argument: A): Promise<R> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST' }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const answer = JSON.parse(Buffer.concat(chunks).toString());
      if ('error' in answer) reject(new Error(`in the page: ${answer.error}`));
      else resolve(answer.value);
    });
    request.once('error', reject);
    request.end(JSON.stringify({ action: String(action), argument }));
  });
}
