import { ported } from './harness.ts';

ported('connections');
