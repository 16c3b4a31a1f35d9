import type { Lock } from 'forkscope';

/** Holds both accounts while money is moved, so that nobody sees it in between. */
export async function withBothAccounts(from: Lock, to: Lock, move: () => void): Promise<void> {
  await using _from = await from.acquire();
  await lookUpBalance();
  await using _to = await to.acquire();
  move();
}

/** The database is not fast. */
function lookUpBalance(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
