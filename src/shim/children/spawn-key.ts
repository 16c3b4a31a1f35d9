let keys = 0;
/**
 * A key for a child that is not the runtime's own (those begin with `RUNTIME_SPAWN_PREFIX`). Unique on the machine, and
 * without loading `crypto`, which would cost every process a millisecond: pid and clock are unique already.
 */
export function newSpawnKey(): string {
  const random = Math.floor(Math.random() * 2 ** 32).toString(36);
  return `s-${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}-${++keys}-${random}`;
}
