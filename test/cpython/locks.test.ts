import { ported } from './harness.ts';

ported('locks');
