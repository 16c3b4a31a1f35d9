import type { Rule } from './rule.ts';
import { lockCycle } from './rules/lock-cycle.ts';
import { selfDeadlock } from './rules/self-deadlock.ts';

/** In this order: the first rule that explains a wait claims it. */
export const RULES: readonly Rule[] = [selfDeadlock, lockCycle];
