import { ported } from './harness.ts';

ported('pools');
