import { describeTutorials } from './suite.ts';

describeTutorials('by itself', 29, 43);
