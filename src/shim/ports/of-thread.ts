import type { PortTracing } from './tracing.ts';

/** The port tracing of this thread, once the probe of ports is installed. */
let tracing: PortTracing | undefined;

export function tracesPorts(own: PortTracing): void {
  tracing = own;
}

/** Runs `make`, which makes a worker thread, so that its ports are known on both sides. */
export function makingWorker<T extends object>(label: string, make: () => T): T {
  return tracing ? tracing.making(label, make) : make();
}

/** The next ticket of a thing that threads of this process share, from 1; 0: not known. */
export function sharedTicket(key: string): number {
  return tracing?.registry.newTicket(key) ?? 0;
}
