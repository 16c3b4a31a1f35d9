/**
 * A 106-bit hash of a text, for cache names. `node:crypto` would cost each child about 5 ms to load; nobody but the
 * user writes into the cache, so a hash that resists accidents is enough.
 */
export function cacheHash(text: string): string {
  return mix(text, 0x9e3779b9) + mix(text, 0x85ebca6b);
}

function mix(text: string, seed: number): string {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36).padStart(11, '0');
}
