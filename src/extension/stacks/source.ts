import type { Finding } from '../../model/types/index.ts';
import type { StackGroup } from '../../model/views/parallel-stacks.ts';

/** A program that was looked into once, whose stacks are shown until a session is. */
export interface LookedInto {
  /** Tells it from others. */
  readonly id: string;
  readonly name: string;
  /** When it was looked into, and what follows from that, in words. */
  readonly message: string;
  readonly groups: readonly StackGroup[];
  /** Looks again; the view shows what comes of it. */
  again(): Promise<void>;
}

/** Threads that a finding is about, and its processes where it names no thread. */
export function threadsOf({ chain, processes }: Finding): string[] {
  const threads = chain.map(({ thread }) => thread);
  return threads.length > 0 ? threads : [...processes];
}

/** Ids of threads, and of processes, that findings which block are about. */
export function stuckIn(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.filter(({ blocking }) => blocking).flatMap(threadsOf));
}
