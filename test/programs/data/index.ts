import type { Program } from '../types.ts';
import { BUNDLERS } from './bundlers.ts';
import { MANAGERS } from './managers.ts';
import { POOLS } from './pools.ts';
import { REFERENCE } from './reference.ts';
import { RUNNERS } from './runners.ts';

export const PROGRAMS: readonly Program[] = [...REFERENCE, ...RUNNERS, ...BUNDLERS, ...MANAGERS, ...POOLS];
