import { ported } from './harness.ts';

ported('waits');
