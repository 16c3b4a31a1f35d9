// Programs that close their standard descriptors, here and in a child, end as others do.
import fs from 'node:fs';
import { Event, isMain, Process } from 'forkscope';
import { tell } from './tell.ts';

export function close(event: Event, ...descriptors: number[]): void {
  event.set();
  for (const fd of descriptors) fs.closeSync(fd);
}

if (isMain(import.meta)) {
  void (async () => {
    const codes: unknown[] = [];
    for (const descriptors of [[2], [1], [1, 2], [0, 1, 2]]) {
      const p = new Process({ target: close, args: [new Event(), ...descriptors] });
      await p.start();
      await p.join(20);
      codes.push(p.exitCode);
      p.kill();
    }
    tell({ codes });
    fs.closeSync(2);
  })();
}
