// What beginners write: no guard. The child imports this again.
import { Process } from 'forkscope';

export function work(): void {}

console.log('main runs');
void new Process({ target: work }).start();
