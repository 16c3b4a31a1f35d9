import { ported } from './harness.ts';

ported('processes');
