// The tutorials, with every processor taken by others, under `--on-deadlock kill`: none of them is ended, and each does what it does.
import { after, before } from 'node:test';
import { takeProcessors } from '../busy.ts';
import { describeTutorials } from '../tutorials/suite.ts';

let processors: Awaited<ReturnType<typeof takeProcessors>>;
before(async () => {
  processors = await takeProcessors();
});
after(() => processors.release());

describeTutorials('at risk', 1, 43);
