import { describeTutorials } from './suite.ts';

describeTutorials('traced', 15, 28);
