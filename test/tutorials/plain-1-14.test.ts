import { describeTutorials } from './suite.ts';

describeTutorials('by itself', 1, 14);
