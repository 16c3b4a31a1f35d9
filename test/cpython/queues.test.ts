import { ported } from './harness.ts';

ported('queues');
