import type { Rule } from './rule.ts';

/** In this order: the first rule that explains a wait claims it. */
export const RULES: readonly Rule[] = [];
