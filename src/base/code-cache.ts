/** The shim itself: the preload beside it loads it. */
export const CORE = 'core-shim.cjs';

/** Name of the file with the shim's compiled code, beside it: V8's, good for one Node only. */
export function codeCacheName(executable: string, version: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < executable.length; i++) hash = Math.imul(hash ^ executable.charCodeAt(i), 0x01000193);
  return `core-shim.${version}.${(hash >>> 0).toString(36)}.cache`;
}
