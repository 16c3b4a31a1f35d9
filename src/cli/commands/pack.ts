import { packTrace } from '../../session/directory/pack.ts';
import { packedName } from '../../session/directory/packed-name.ts';
import { readSources, type Sources } from '../../session/directory/sources.ts';
import { Session } from '../../session/index.ts';
import type { PackOptions } from '../arguments/options.ts';

/** Writes a trace as one file. */
export async function pack(dir: string, { output, sources }: PackOptions): Promise<number> {
  await packTrace(dir, output ?? packedName(dir), sources === true ? { sources: sourcesOf(dir) } : {});
  return 0;
}

/** Sources that its stacks name, where they were not changed since. */
function sourcesOf(dir: string): Sources {
  return Session.read(dir, { timeline: false }, ({ model }) =>
    readSources(model.sourceFiles(), model.session.wallClock, model.lastTime),
  );
}
