// No guard, and the start comes only after the import of the module has ended.
import { Process } from 'forkscope';

export function work(): void {}

console.log('main runs');
setTimeout(async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await new Process({ target: work }).start();
}, 20);
