import { tryRules } from './rules.ts';

tryRules('of the runtime');
