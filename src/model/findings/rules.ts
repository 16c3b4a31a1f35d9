import type { Rule } from './rule.ts';
import { atomicsWaitNoNotifier } from './rules/atomics-wait-no-notifier.ts';
import { barrierMismatch } from './rules/barrier-mismatch.ts';
import { exitAfterSend } from './rules/exit-after-send.ts';
import { grandchildHoldsPipe } from './rules/grandchild-holds-pipe.ts';
import { ipcKeepsAlive } from './rules/ipc-keeps-alive.ts';
import { itemNotDelivered } from './rules/item-not-delivered.ts';
import { joinBeforeDrain } from './rules/join-before-drain.ts';
import { killedInQueueOperation } from './rules/killed-in-queue-operation.ts';
import { lockCycle } from './rules/lock-cycle.ts';
import { lockOrderInversion } from './rules/lock-order-inversion.ts';
import { lostNotify } from './rules/lost-notify.ts';
import { missingTaskDone } from './rules/missing-task-done.ts';
import { notifyDeadSleeper } from './rules/notify-dead-sleeper.ts';
import { ownerDied } from './rules/owner-died.ts';
import { pipeBothFull } from './rules/pipe-both-full.ts';
import { pipeBothReceiving } from './rules/pipe-both-receiving.ts';
import { pipeNoEof } from './rules/pipe-no-eof.ts';
import { poolNeverClosed } from './rules/pool-never-closed.ts';
import { poolStarvation } from './rules/pool-starvation.ts';
import { poolWorkerKilled } from './rules/pool-worker-killed.ts';
import { poolWorkerNotReplaced } from './rules/pool-worker-not-replaced.ts';
import { portKeepsAlive } from './rules/port-keeps-alive.ts';
import { selfDeadlock } from './rules/self-deadlock.ts';
import { stdoutCycle, stdoutNotDrained } from './rules/stdout-not-drained.ts';
import { syncSpawnCycle } from './rules/sync-spawn-cycle.ts';

/** In this order: the first rule that explains a wait claims it. Rules about circles come before those about single waits. */
export const RULES: readonly Rule[] = [
  selfDeadlock,
  stdoutCycle,
  lockCycle,
  syncSpawnCycle,
  poolStarvation,
  joinBeforeDrain,
  pipeBothFull,
  pipeBothReceiving,
  missingTaskDone,
  barrierMismatch,
  atomicsWaitNoNotifier,
  lostNotify,
  ownerDied,
  poolWorkerKilled,
  poolWorkerNotReplaced,
  poolNeverClosed,
  itemNotDelivered,
  ipcKeepsAlive,
  pipeNoEof,
  killedInQueueOperation,
  notifyDeadSleeper,
  grandchildHoldsPipe,
  portKeepsAlive,
  stdoutNotDrained,
  exitAfterSend,
  lockOrderInversion,
];
