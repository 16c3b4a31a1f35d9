import { tryRules } from './rules.ts';

tryRules('of plain Node');
