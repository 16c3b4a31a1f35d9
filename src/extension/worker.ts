import { parentPort } from 'node:worker_threads';
import type { WorkerRequest } from '../protocol/session.ts';
import { WorkerHost } from './worker/host.ts';

/** The thread in which a session is tailed and modelled, away from the extension host's own. */
const port = parentPort;
if (port) {
  const host = new WorkerHost((response) => port.postMessage(response));
  port.on('message', (request: WorkerRequest) => {
    host.receive(request);
    if (request.type === 'dispose') port.close();
  });
}
