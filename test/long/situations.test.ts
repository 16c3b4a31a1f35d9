import { SITUATIONS } from '../situations/list.ts';
import { compareAll } from '../situations/suite.ts';

compareAll('in odd situations a program does what it does without a trace', SITUATIONS);
