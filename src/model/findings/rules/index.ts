// Made by `node scripts/finding-kinds.mjs` from the files of this folder.
import type { Rule } from '../kit/rule.ts';
import { aborted } from './aborted.ts';
import { atomicsWaitNoNotifier } from './atomics-wait-no-notifier.ts';
import { awaitNeverSettles } from './await-never-settles.ts';
import { barrierMismatch } from './barrier-mismatch.ts';
import { childLeftBehind } from './child-left-behind.ts';
import { closeMissing } from './close-missing.ts';
import { clusterNeverDisconnects } from './cluster-never-disconnects.ts';
import { crossedAcks } from './crossed-acks.ts';
import { exitAfterSend } from './exit-after-send.ts';
import { exitJoinBeforeDrain } from './exit-join-before-drain.ts';
import { grandchildHoldsPipe } from './grandchild-holds-pipe.ts';
import { ipcKeepsAlive } from './ipc-keeps-alive.ts';
import { itemNotDelivered } from './item-not-delivered.ts';
import { joinBeforeDrain } from './join-before-drain.ts';
import { lockCycle } from './lock-cycle.ts';
import { lockOrderInversion } from './lock-order-inversion.ts';
import { loopInNativeCall } from './loop-in-native-call.ts';
import { lostNotify } from './lost-notify.ts';
import { messageNotHeard } from './message-not-heard.ts';
import { missingTaskDone } from './missing-task-done.ts';
import { outputLost } from './output-lost.ts';
import { ownerDied } from './owner-died.ts';
import { pipeBothFull } from './pipe-both-full.ts';
import { pipeBothReceiving } from './pipe-both-receiving.ts';
import { pipeBroken } from './pipe-broken.ts';
import { pipeNoEof } from './pipe-no-eof.ts';
import { poolStarvation } from './pool-starvation.ts';
import { poolWorkerKilled } from './pool-worker-killed.ts';
import { portKeepsAlive } from './port-keeps-alive.ts';
import { requestUnanswered } from './request-unanswered.ts';
import { selfDeadlock } from './self-deadlock.ts';
import { sendFailed } from './send-failed.ts';
import { spawnFailed } from './spawn-failed.ts';
import { staleLockFile } from './stale-lock-file.ts';
import { stdinNotEnded } from './stdin-not-ended.ts';
import { stdoutNotDrained } from './stdout-not-drained.ts';
import { syncSpawnCycle } from './sync-spawn-cycle.ts';
import { timerHeldUp } from './timer-held-up.ts';
import { unsettledAwait } from './unsettled-await.ts';
import { waitingForDebugger } from './waiting-for-debugger.ts';
import { workerDiedHoldingLock } from './worker-died-holding-lock.ts';

/** By kind. */
export const RULES: readonly Rule[] = [
  aborted,
  atomicsWaitNoNotifier,
  awaitNeverSettles,
  barrierMismatch,
  childLeftBehind,
  closeMissing,
  clusterNeverDisconnects,
  crossedAcks,
  exitAfterSend,
  exitJoinBeforeDrain,
  grandchildHoldsPipe,
  ipcKeepsAlive,
  itemNotDelivered,
  joinBeforeDrain,
  lockCycle,
  lockOrderInversion,
  loopInNativeCall,
  lostNotify,
  messageNotHeard,
  missingTaskDone,
  outputLost,
  ownerDied,
  pipeBothFull,
  pipeBothReceiving,
  pipeBroken,
  pipeNoEof,
  poolStarvation,
  poolWorkerKilled,
  portKeepsAlive,
  requestUnanswered,
  selfDeadlock,
  sendFailed,
  spawnFailed,
  staleLockFile,
  stdinNotEnded,
  stdoutNotDrained,
  syncSpawnCycle,
  timerHeldUp,
  unsettledAwait,
  waitingForDebugger,
  workerDiedHoldingLock,
];
