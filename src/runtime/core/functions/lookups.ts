/** Searches for functions that began where nobody could await them (a constructor, a message's decoding). */
const underWay = new Set<Promise<unknown>>();

/** Remembers a search until it has ended. How it ends is its own affair. */
export function trackLookup(search: Promise<unknown>): void {
  const over = (): void => {
    underWay.delete(ended);
  };
  const ended: Promise<void> = search.then(over, over);
  underWay.add(ended);
}

/** Resolves when no search is under way: before arguments are encoded, and before a target runs. */
export async function lookupsEnded(): Promise<void> {
  while (underWay.size > 0) await Promise.all(underWay);
}
