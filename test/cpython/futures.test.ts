import { ported } from './harness.ts';

ported('futures');
