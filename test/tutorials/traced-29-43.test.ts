import { describeTutorials } from './suite.ts';

describeTutorials('traced', 29, 43);
