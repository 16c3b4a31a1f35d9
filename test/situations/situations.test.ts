import { SITUATIONS } from './list.ts';
import { compareAll } from './suite.ts';

compareAll(
  'in odd situations a program does what it does without a trace',
  SITUATIONS.filter(({ long }) => !long),
);
