// Made by `node scripts/finding-kinds.mjs` from the names of the files of src/model/findings/rules.

/** Ids of `docs/findings.md`. */
export const FINDING_KINDS = [
  'atomics-wait-no-notifier',
  'barrier-mismatch',
  'exit-after-send',
  'exit-join-before-drain',
  'grandchild-holds-pipe',
  'ipc-keeps-alive',
  'item-not-delivered',
  'join-before-drain',
  'killed-in-queue-operation',
  'lock-cycle',
  'lock-order-inversion',
  'lost-notify',
  'missing-task-done',
  'notify-dead-sleeper',
  'owner-died',
  'pipe-both-full',
  'pipe-both-receiving',
  'pipe-no-eof',
  'pool-never-closed',
  'pool-starvation',
  'pool-worker-killed',
  'pool-worker-not-replaced',
  'port-keeps-alive',
  'self-deadlock',
  'stdout-not-drained',
  'sync-spawn-cycle',
  'worker-died-holding-lock',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
