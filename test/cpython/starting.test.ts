import { ported } from './harness.ts';

ported('starting');
