import { fuzzAll } from './suite.ts';

const SEED = 20261129;
const RUNS = 3000;
const RUNS_OF_SLOW = 250;

fuzzAll({ seed: SEED, guided: false, isOver: (runs, _ms, slow) => runs >= (slow ? RUNS_OF_SLOW : RUNS) });
