import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Bytes that a stream needs to begin a segment: with less, its first records are lost already. */
const LEAST_SPACE = 64 * 1024;

/**
 * Finds a full disk before the program starts, not by its first lost records.
 * @throws what the system says
 */
export function probeSpace(dir: string): void {
  const probe = path.join(dir, '.space');
  try {
    writeFileSync(probe, Buffer.alloc(LEAST_SPACE));
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Has the disk of a trace no room left for what its processes write? `false` where the system does not tell. */
export function isFull(dir: string): boolean {
  try {
    const { bavail, bfree, bsize } = statfsSync(dir);
    // The part that is kept back is kept for this user.
    const free = process.getuid?.() === 0 ? bfree : bavail;
    return free * bsize < LEAST_SPACE;
  } catch {
    return false;
  }
}
