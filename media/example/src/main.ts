// Two tellers, each a process of its own, move money between the same two accounts.
import { isMain, Lock, Process } from 'forkscope';
import { workDay } from './teller.ts';

async function main(): Promise<void> {
  const savings = new Lock({ name: 'savings' });
  const household = new Lock({ name: 'household' });
  const tellers = [
    new Process({ target: workDay, args: ['Ann', savings, household], name: 'ann' }),
    new Process({ target: workDay, args: ['Bob', household, savings], name: 'bob' }),
  ];
  for (const teller of tellers) await teller.start();
  for (const teller of tellers) await teller.join();
  console.log('The bank is closed.');
}

if (isMain(import.meta)) void main();
