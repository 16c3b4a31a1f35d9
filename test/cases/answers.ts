import { appendFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import { WebSocket } from 'ws';

/** How long the service outside takes for an answer, and how long a debugger holds a program, ms. */
const SLOW_MS = 9_000;

/** Does what a program has asked the outside for by a line `@ask WHAT A B`. */
export async function answer(what: string, a: string, b: string, stdin: Writable): Promise<void> {
  switch (what) {
    case 'stdin':
      stdin.write('yes\n');
      return;
    case 'signal':
      process.kill(Number(b), a as NodeJS.Signals);
      return;
    case 'fifo':
      await appendFile(a, 'data\n');
      return;
    case 'debugger':
      await continuePaused(Number(a));
      return;
    default:
      throw new Error(`nothing answers "${what}"`);
  }
}

/** The service outside: answers each request after {@link SLOW_MS}. */
export async function startService(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_request, response) => {
    setTimeout(() => response.end('answer'), SLOW_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface InspectorMessage {
  readonly method?: string;
  readonly params?: { readonly reason?: string };
}

/** Attaches to a waiting inspector as a debugger does: lets the program run, holds it at `debugger;`, continues it and goes. */
async function continuePaused(port: number): Promise<void> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  if (target === undefined) throw new Error(`no inspector at port ${port}`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  let ids = 0;
  const send = (method: string) => socket.send(JSON.stringify({ id: ++ids, method }));
  let broken = false;
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('the inspector closed the connection')));
    socket.addEventListener('open', () => {
      for (const method of ['Runtime.enable', 'Debugger.enable', 'Runtime.runIfWaitingForDebugger'])
        send(method);
    });
    socket.addEventListener('message', ({ data }) => {
      const { method, params } = JSON.parse(data.toString()) as InspectorMessage;
      if (method !== 'Debugger.paused') return;
      if (!broken && params?.reason === 'Break on start') {
        broken = true;
        send('Debugger.resume');
        return;
      }
      setTimeout(() => {
        send('Debugger.resume');
        setTimeout(() => resolve(socket.close()), 500);
      }, SLOW_MS);
    });
  });
}
