/**
 * Keys of stdio channels. Both ends of a pipe between a process and its child can make the key by themselves: the parent from
 * the spawn key that it gave, the child from the one that it found. A duplex pipe (fd 3 and above) is two channels.
 */
export type StdioWay = 'down' | 'up';

const PREFIX = 'stdio:';

/** `spawnKey`: of the child. `way`: `down` to the child. */
export function stdioKey(spawnKey: string, fd: number, way: StdioWay): string {
  return fd > 2 ? `${PREFIX}${spawnKey}:${fd}:${way}` : `${PREFIX}${spawnKey}:${fd}`;
}

export function stdioName(fd: number, way: StdioWay): string {
  return ['stdin', 'stdout', 'stderr'][fd] ?? `fd ${fd} (${way === 'down' ? 'to child' : 'from child'})`;
}

/** What a key says; `undefined`: it is not the key of a stdio channel. */
export function parseStdioKey(
  key: string,
): { readonly spawnKey: string; readonly fd: number; readonly way: StdioWay } | undefined {
  const match = /^stdio:(.+):(\d+)(?::(down|up))?$/.exec(key);
  if (!match) return undefined;
  const [, spawnKey = '', fd, way] = match;
  return { spawnKey, fd: Number(fd), way: way === 'down' || fd === '0' ? 'down' : 'up' };
}
