/**
 * `terminate()` and SIGTERM listeners: Node calls them in its event loop, which a thread that stands in synchronous waits
 * may never reach. So a child says in shared memory whether it listens. Then the parent writes its request there, where
 * the next synchronous operation or slice of a wait finds it, and knocks at the control channel, where the loop does:
 * whoever is first calls the listeners. Without listeners, and from anybody else, it is the signal itself.
 */
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { SLOT_COUNT } from '../../../shm/layout.ts';
import { publish } from '../../core/diagnostics/publish.ts';
import { memory, openedMemory, whenOpened } from '../../core/handles/instance.ts';
import { leaveEncoded } from '../../core/messages/messages.ts';
import type { State } from './state.ts';
import { CONTROL_FD } from './wire.ts';

/** In the child, before anything of the user's runs. */
export function watchTermination(control: Socket): void {
  let listening = false;
  const tell = (): boolean => openedMemory()?.waits.listenToTermination(listening) === true;
  process.on('newListener', (event) => {
    if (event !== 'SIGTERM') return;
    listening = true;
    tell();
  });
  process.on('removeListener', (event) => {
    if (event !== 'SIGTERM' || process.listenerCount('SIGTERM') > 0) return;
    listening = false;
    // What was asked of the listeners is the system's now.
    if (tell()) process.kill(process.pid, 'SIGTERM');
  });
  whenOpened(() => {
    memory().waits.onTermination = () => {
      // What a `putSync` waits to send must not be overwritten by what a listener sends.
      leaveEncoded();
      process.emit('SIGTERM', 'SIGTERM');
    };
    tell();
  });
  control.on('data', () => openedMemory()?.waits.takeTermination());
}

/** In the parent. False: the child does not listen, and the signal is the way. */
export function askToEnd(state: State): boolean {
  const asked = slotsOf(state).some((slot) => memory().waits.requestTermination(slot));
  const control = state.child?.stdio[CONTROL_FD] as Socket | undefined;
  if (asked) {
    // Before it is heard: whoever observes must not take the child for one that waits on.
    publish('signal', undefined, state.pid ?? 0, constants.signals.SIGTERM);
    control?.write('.');
  }
  return asked;
}

/** In the parent: whether the child has not yet come to where its listeners could be called. */
export function isUnheard(state: State): boolean {
  return slotsOf(state).some((slot) => memory().waits.isTerminationOpen(slot));
}

function slotsOf({ pid, child }: State): number[] {
  const slots = openedMemory()?.slots;
  if (slots === undefined || pid === null || child === undefined) return [];
  const found: number[] = [];
  for (let slot = 0; slot < SLOT_COUNT; slot++) if (slots.pid(slot) === pid) found.push(slot);
  return found;
}
