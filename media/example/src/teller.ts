import type { Lock } from 'forkscope';
import { withBothAccounts } from './accounts.ts';

/** What a teller does all day: move money from one account to the other, until the work is done. */
export async function workDay(name: string, from: Lock, to: Lock): Promise<void> {
  for (let transfer = 1; transfer <= 200; transfer++) {
    await withBothAccounts(from, to, () => console.log(`${name}: transfer ${transfer}`));
  }
  console.log(`${name} goes home.`);
}
