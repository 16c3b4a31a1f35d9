import { isFromHere, readSessionHead } from '../../session/directory/session-file.ts';
import { processesOf } from '../../session/os/belonging.ts';
import type { OsProcess } from '../../session/os/index.ts';
import type { KnownSession } from '../sessions/entry.ts';

/**
 * The living processes that show themselves that they belong to a session, parents first, whatever its trace says; none where it
 * ran on another machine. See {@link processesOf}.
 * @param launcher pid of its launcher, where this window has started it
 */
export async function processesNow(
  { dir }: KnownSession,
  launcher: number | undefined,
): Promise<readonly OsProcess[]> {
  const head = readSessionHead(dir);
  if (head !== undefined && !isFromHere(head)) return [];
  return processesOf({ dir, session: head?.session ?? '', launcher });
}
