import { ported } from './harness.ts';

ported('barriers');
