import type { Rule } from '../kit/rule.ts';
import { atomicsWaitNoNotifier } from './atomics-wait-no-notifier.ts';
import { barrierMismatch } from './barrier-mismatch.ts';
import { exitAfterSend } from './exit-after-send.ts';
import { grandchildHoldsPipe } from './grandchild-holds-pipe.ts';
import { ipcKeepsAlive } from './ipc-keeps-alive.ts';
import { itemNotDelivered } from './item-not-delivered.ts';
import { joinBeforeDrain } from './join-before-drain.ts';
import { killedInQueueOperation } from './killed-in-queue-operation.ts';
import { lockCycle } from './lock-cycle.ts';
import { lockOrderInversion } from './lock-order-inversion.ts';
import { lostNotify } from './lost-notify.ts';
import { missingTaskDone } from './missing-task-done.ts';
import { notifyDeadSleeper } from './notify-dead-sleeper.ts';
import { ownerDied } from './owner-died.ts';
import { pipeBothFull } from './pipe-both-full.ts';
import { pipeBothReceiving } from './pipe-both-receiving.ts';
import { pipeNoEof } from './pipe-no-eof.ts';
import { poolNeverClosed } from './pool-never-closed.ts';
import { poolStarvation } from './pool-starvation.ts';
import { poolWorkerKilled } from './pool-worker-killed.ts';
import { poolWorkerNotReplaced } from './pool-worker-not-replaced.ts';
import { portKeepsAlive } from './port-keeps-alive.ts';
import { selfDeadlock } from './self-deadlock.ts';
import { stdoutCycle, stdoutNotDrained } from './stdout-not-drained.ts';
import { syncSpawnCycle } from './sync-spawn-cycle.ts';

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
