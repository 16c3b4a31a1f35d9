import { parallelStacks } from '../../model/views/parallel-stacks.ts';
import type { QueryName, SessionQueries } from '../../protocol/session.ts';
import type { Session } from '../../session/tail/session.ts';

type Answers = {
  [Q in QueryName]: (session: Session, args: SessionQueries[Q]['args']) => SessionQueries[Q]['result'];
};

/** How each question is answered from the model. */
export const SESSION_ANSWERS: Answers = {
  processes: ({ model }) => model.processes(),
  resources: ({ model }) => ({ resources: model.resources(), channels: model.channels() }),
  findings: (session) => session.findings(),
  stacks: ({ model }) => parallelStacks(model.standings()),
  file: ({ model }, { names }) => model.file(names),
  sourceFiles: ({ model }) => [...model.sourceFiles()],
  eventAt: ({ model }, { names, line }) => model.eventAt(names, line),
  tracks: ({ model }) => model.tracks(),
  tiles: ({ model }, { threads, range, buckets }) => model.tiles(threads, range, buckets),
  slices: ({ model }, { thread, range, limit }) => model.slices(thread, range, limit),
  flows: ({ model }, { range, limit, threads, neighbour }) =>
    model.flows(range, limit, { threads, neighbour }),
  stats: ({ model }, { threads, range }) => model.stats(threads, range),
  sliceAt: ({ model }, { thread, time }) => model.sliceAt(thread, time),
};
