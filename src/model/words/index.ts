/**
 * The vocabulary: kinds of waits, resources, states and ends, names, places and counts in words. Findings, command line,
 * tree, timeline and exports take them from here, each with its own translator, so that all of them say the same.
 */
export { type Counted, countText } from './counts.ts';
export {
  conditionOf,
  livingText,
  type Moment,
  processText,
  threadConditionOf,
  threadText,
  untracedText,
} from './doing.ts';
export { endSentence, endText } from './ends.ts';
export { certaintyText, hangText, roleText, stuckText, stuckTitle } from './findings.ts';
export { handlesText } from './handles.ts';
export { Labels, type Named } from './labels.ts';
export { listText } from './lists.ts';
export { connectionName, mainThreadText, taskText, whoText } from './names.ts';
export { baseName, frameText, helperOf, placeText, siteText, stackText } from './places.ts';
export { type Labelled, ownName, resourceKindText, resourceText } from './resources.ts';
export { type NamedSource, sourceText, sourceWaitText } from './sources.ts';
export {
  CONDITIONS,
  type Condition,
  conditionText,
  conditionTitle,
  latelyText,
  pausedText,
  trackStateText,
  trackStateTitle,
} from './states.ts';
export { english, type Translate } from './translate.ts';
export { oneEachText, someChildText, unknownText, waitText } from './waits.ts';
