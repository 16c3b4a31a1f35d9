import { LostWitnesses } from '../directory/lost-witnesses.ts';
import { processTable } from '../os/index.ts';
import { OsSampler, type TracedThreads } from '../os/sampler.ts';
import type { Begun } from './begin.ts';

/** What looks at a session's program from outside, and at whether those live who hold its processes. */
export function samplerOf({ dir, writer }: Pick<Begun, 'dir' | 'writer'>, traced: TracedThreads): OsSampler {
  const lost = new LostWitnesses(dir);
  return new OsSampler(
    processTable(),
    writer.clock,
    traced,
    (seen) => writer.write(seen),
    () => {
      for (const held of lost.look()) writer.write({ type: 'resumed', time: writer.clock.now(), ...held });
    },
  );
}
