// The pitfall: no guard. A child imports this file again, so without `isMain` it would start children of its own,
// without end. start() refuses in the child and says what to write.
import { Process } from 'forkscope';

export function test(): void {
  console.log('never printed: the child stops before its target runs');
}

void new Process({ target: test }).start();
