import { describeTutorials } from './suite.ts';

describeTutorials('traced', 1, 14);
