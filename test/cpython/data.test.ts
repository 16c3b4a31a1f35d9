import { ported } from './harness.ts';

ported('data');
