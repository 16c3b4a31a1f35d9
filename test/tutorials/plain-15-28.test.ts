import { describeTutorials } from './suite.ts';

describeTutorials('by itself', 15, 28);
