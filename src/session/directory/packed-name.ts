import path from 'node:path';

/** How the name of a packed trace ends: a compressed tar file with the files of the folder. */
export const PACKED = '.forkscope';

/** What a packed trace is called where nobody says so: as its folder, in the working folder. */
export function packedName(dir: string): string {
  return `${path.basename(path.resolve(dir))}${PACKED}`;
}

/** Is this the name of a packed trace? */
export function isPackedName(file: string): boolean {
  return file.toLowerCase().endsWith(PACKED);
}
