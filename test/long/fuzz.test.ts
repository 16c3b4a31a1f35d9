import { fuzzAll } from '../fuzz/suite.ts';

/** For each target. */
const MINUTES = Number(process.env.FORKSCOPE_FUZZ_MINUTES ?? 2);

fuzzAll({ guided: true, isOver: (_runs, ms) => ms > MINUTES * 60_000 });
