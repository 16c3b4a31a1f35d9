import { lstatSync } from 'node:fs';
import path from 'node:path';
import { isPackedName } from '../../session/directory/packed-name.ts';
import { SESSION_FILE } from '../../session/directory/session-file.ts';

/**
 * The place of a trace that a link names: the query after `trace=`, all of it, since the editor has taken the percent signs out.
 * `undefined`: it names none that may be asked about. Nothing on the disk is touched: a link may come from anywhere, and looking
 * at a place on a network tells its owner who looks.
 */
export function placeInLink(uriPath: string, query: string): string | undefined {
  const [, given] = /^trace=(.+)$/s.exec(query) ?? [];
  if (uriPath !== '/open' || given === undefined || /\p{Cc}/u.test(given)) return undefined;
  const place = path.normalize(given);
  return path.isAbsolute(place) && !/^[\\/]{2}/.test(given) && !place.startsWith('\\\\') ? place : undefined;
}

/** Is it a packed trace or the folder of a trace, itself and not by a link of the file system? */
export function isTracePlace(place: string): boolean {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true)
    return lstatSync(path.join(place, SESSION_FILE), { throwIfNoEntry: false })?.isFile() === true;
  return stat?.isFile() === true && isPackedName(place);
}
