import { ported } from './harness.ts';

ported('managers');
